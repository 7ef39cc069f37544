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

/** What is at a key of an object; nothing where the value is none. */
const fieldOf = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  isObject(value) ? own(value, key) : undefined;

/** The object at a key, or an empty one. */
export function objectAt(object: JsonValue | undefined, key: string): JsonObject {
  const value = fieldOf(object, key);
  return isObject(value) ? value : {};
}

/** The string at a key, or an empty one. */
export function stringAt(object: JsonValue | undefined, key: string): string {
  const value = fieldOf(object, key);
  return typeof value === 'string' ? value : '';
}

/** The number at a key, or `undefined`: a grace of 0 s is not the same as none. */
export function numberAt(object: JsonValue | undefined, key: string): number | undefined {
  const value = fieldOf(object, key);
  return typeof value === 'number' ? value : undefined;
}

/** The list at a key, or an empty one. */
export function arrayAt(object: JsonValue | undefined, key: string): JsonValue[] {
  const value = fieldOf(object, key);
  return Array.isArray(value) ? value : [];
}

/** The strings of the list at a key. */
export const stringsAt = (object: JsonValue | undefined, key: string): string[] =>
  arrayAt(object, key).filter(item => typeof item === 'string');

const fieldsOf = (path: string): string[] => path.split('.').filter(Boolean);

/** The value at a dotted path such as `.spec.replicas` or `status.phase`. */
export const valueAt = (value: JsonValue | undefined, path: string): JsonValue | undefined =>
  fieldsOf(path).reduce(fieldOf, value);

/** Sets the value at a dotted path, making the objects on the way. */
export function setAt(target: JsonObject, path: string, value: JsonValue): void {
  const fields = fieldsOf(path);
  const last = fields.pop();
  if (last === undefined) return;
  const parent = fields.reduce((object, field) => {
    const next = objectAt(object, field);
    put(object, field, next);
    return next;
  }, target);
  put(parent, last, value);
}

/** JSON with sorted keys: equal values have equal text. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join()}}`;
}
