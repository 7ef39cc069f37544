/** Label selectors. Grammar: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */

export type LabelMatcher = (labels: Readonly<Record<string, string>>) => boolean;

export type ParsedSelector = { kind: 'selector'; matches: LabelMatcher } | { kind: 'malformed'; message: string };

const requirement =
  /^\s*(?:(!)\s*([^\s=!,()<>]+)|([^\s=!,()<>]+)\s*(?:(==|=|!=|<|>)\s*([^\s=!,()<>]*)|\s(in|notin)\s*\(([^()]*)\))?)\s*(,|$)/;

/** Parses `app=web,tier in (a, b),!legacy`. An empty text selects everything. */
export const parseLabelSelector = (text: string): ParsedSelector => {
  const matchers: LabelMatcher[] = [];
  let rest = text.trim();
  while (rest) {
    const match = requirement.exec(rest);
    if (!match) return { kind: 'malformed', message: `unable to parse requirement: found '${rest}'` };
    matchers.push(toMatcher(match));
    rest = rest.slice(match[0].length);
    if (match[8] === ',' && !rest.trim()) return { kind: 'malformed', message: `found '', expected: identifier` };
  }
  return { kind: 'selector', matches: labels => matchers.every(matcher => matcher(labels)) };
};

const toMatcher = ([, not, absent, key = '', operator, value = '', set, values]: RegExpExecArray): LabelMatcher => {
  if (not) return labels => !Object.hasOwn(labels, absent ?? '');
  if (set) return setMatcher(key, set, values ?? '');
  if (operator === undefined) return labels => Object.hasOwn(labels, key);
  if (operator === '!=') return labels => labels[key] !== value;
  if (operator === '<') return labels => Number(labels[key]) < Number(value);
  if (operator === '>') return labels => Number(labels[key]) > Number(value);
  return labels => labels[key] === value;
};

const setMatcher = (key: string, operator: string, list: string): LabelMatcher => {
  const values = new Set(list.split(',').map(item => item.trim()));
  if (operator === 'notin') return labels => !values.has(labels[key] ?? '') || !Object.hasOwn(labels, key);
  return labels => Object.hasOwn(labels, key) && values.has(labels[key] ?? '');
};
