import type { KubeObject } from '../object.ts';
import { valueAt } from '../schema/json.ts';

/** Field selectors: `=`, `==` and `!=` on the fields a resource says it can select by. */

export type FieldMatcher = (object: KubeObject) => boolean;

export type ParsedFieldSelector =
  | { kind: 'selector'; matches: FieldMatcher; name?: string }
  | { kind: 'malformed'; message: string };

const alwaysSelectable = ['metadata.name', 'metadata.namespace'];

/** Parses `status.phase!=Running,metadata.name=web`. `name` is set when the selector pins the object's name. */
export const parseFieldSelector = (text: string, selectable: readonly string[]): ParsedFieldSelector => {
  const matchers: FieldMatcher[] = [];
  let pinned: string | undefined;
  for (const term of text.split(',').filter(Boolean)) {
    const match = /^\s*([^=!\s]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(term);
    if (!match) return { kind: 'malformed', message: `invalid selector: '${text}'; can't understand '${term}'` };
    const [, field = '', operator, value = ''] = match;
    if (![...alwaysSelectable, ...selectable].includes(field)) {
      return { kind: 'malformed', message: unsupported(field, selectable) };
    }
    const wanted = operator !== '!=';
    if (field === 'metadata.name' && wanted) pinned = value;
    matchers.push(object => (textAt(object, field) === value) === wanted);
  }
  const matches: FieldMatcher = object => matchers.every(matcher => matcher(object));
  return pinned === undefined ? { kind: 'selector', matches } : { kind: 'selector', matches, name: pinned };
};

/** Kubernetes words it one way for kinds with selectable fields of their own, and another for the rest. */
const unsupported = (field: string, selectable: readonly string[]): string =>
  selectable.length > 0
    ? `field label not supported: ${field}`
    : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;

/** A missing field selects as the zero value does in Go: the empty string, or `false` for what else is a boolean. */
const textAt = (object: KubeObject, field: string): string => {
  const value = valueAt(object, field);
  if (value === undefined || value === null) return booleans.has(field) ? 'false' : '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const booleans = new Set(['spec.unschedulable', 'spec.hostNetwork']);
