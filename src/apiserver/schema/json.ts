import type { JsonObject, JsonValue } from './types.ts';

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isScalar = (value: JsonValue | undefined): value is boolean | number | string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

export function deepEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && deepEqual(a[key], b[key]));
}

/** Own properties only: an object from a client may have a key `constructor`. */
export const own = <T>(object: { [key: string]: T }, key: string): T | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** Sets a key as data, even `__proto__`. */
export function put<T>(object: { [key: string]: T }, key: string, value: T): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

/** The object at a key, or an empty one. */
export function objectAt(object: JsonObject | undefined, key: string): JsonObject {
  const value = object && own(object, key);
  return isObject(value) ? value : {};
}

export function stringAt(object: JsonObject | undefined, key: string): string {
  const value = object && own(object, key);
  return typeof value === 'string' ? value : '';
}

export function arrayAt(object: JsonObject | undefined, key: string): JsonValue[] {
  const value = object && own(object, key);
  return Array.isArray(value) ? value : [];
}

/** JSON with sorted keys: equal values have equal text. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join()}}`;
}
