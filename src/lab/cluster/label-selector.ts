import type { LabelSelector, PodTemplate } from './core-kinds.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether every pair of an equality selector, as a Service or a nodeSelector has it, is among the labels. */
export const matchesLabels = (wanted: Readonly<Record<string, string>>, labels: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labels?.[key] === value);

/** One requirement of a label selector or of node affinity (which adds `Gt` and `Lt`). An unknown operator matches nothing. */
export const meetsRequirement = (
  requirement: { key: string; operator: string; values?: string[] },
  labels: Labels,
): boolean => {
  const value = labels?.[requirement.key];
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
};

/** `metav1.LabelSelector`: an empty one matches everything, as in the API. */
export const matchesSelector = (selector: LabelSelector, labels: Labels): boolean =>
  matchesLabels(selector.matchLabels ?? {}, labels) &&
  (selector.matchExpressions ?? []).every(requirement => meetsRequirement(requirement, labels));

/**
 * Why pods of a template must not be made; undefined when they may. A kube-apiserver refuses such objects; where none did,
 * pods that their maker does not find again would be made without end.
 */
export const selectorMistake = (spec: { selector: LabelSelector; template: PodTemplate }): string | undefined => {
  const { matchLabels = {}, matchExpressions = [] } = spec.selector;
  if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0)
    return 'spec.selector is empty and would match every pod; no pods are made';
  if (matchesSelector(spec.selector, spec.template.metadata?.labels)) return undefined;
  return 'spec.selector does not match the labels in spec.template.metadata.labels; no pods are made';
};
