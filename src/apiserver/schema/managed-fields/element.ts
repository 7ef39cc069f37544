/** The elements of field paths: how they are spelled in FieldsV1, and how people read them. */
import { isObject } from '../json.ts';
import type { JsonObject, JsonValue } from '../types.ts';
import type { Element, Path } from './field-set.ts';

export const fieldElement = (name: string): Element => `f:${name}`;
export const valueElement = (value: JsonValue): Element => `v:${JSON.stringify(value)}`;
export const indexElement = (index: number): Element => `i:${index}`;

/** The keys are sorted, so that the same item has one spelling. */
export const keyElement = (keys: JsonObject): Element => `k:${JSON.stringify(sorted(keys))}`;

const sorted = (keys: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

/** The name of a field's element; undefined for list items. */
export const fieldName = (element: Element): string | undefined =>
  element.startsWith('f:') ? element.slice(2) : undefined;

/** Spells an element of a client's FieldsV1 as we do. Throws a SyntaxError where it is none. */
export function canonicalElement(text: string): Element {
  const [kind, rest] = [text.slice(0, 2), text.slice(2)];
  if (kind === 'f:') return text;
  if (kind === 'v:') return valueElement(JSON.parse(rest));
  if (kind === 'i:' && /^\d+$/.test(rest)) return text;
  const keys: unknown = kind === 'k:' ? JSON.parse(rest) : undefined;
  if (!isObject(keys)) throw new SyntaxError(`${JSON.stringify(text)} is no path element of FieldsV1`);
  return keyElement(keys);
}

/** `.spec.ports[port=80,protocol="TCP"].nodePort`, as structured-merge-diff prints paths. */
export const printPath = (path: Path): string => path.map(printElement).join('');

function printElement(element: Element): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  if (element.startsWith('i:')) return `[${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}
