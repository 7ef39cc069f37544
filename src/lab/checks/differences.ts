/** Pure: where an object is not as expected. */
import { isDeepStrictEqual } from 'node:util';

/**
 * One line for each place where `actual` lacks what `expected` names; empty when it holds all of it. Objects may hold more
 * than is expected; lists have to be of the same length and order.
 */
export const differences = (expected: unknown, actual: unknown, path = ''): string[] => {
  if (Array.isArray(expected)) return listDifferences(expected, actual, path);
  if (isObject(expected)) return objectDifferences(expected, actual, path);
  return isDeepStrictEqual(expected, actual) ? [] : [`${path || 'it'} is ${show(actual)}, expected ${show(expected)}`];
};

const listDifferences = (expected: readonly unknown[], actual: unknown, path: string): string[] => {
  if (!Array.isArray(actual)) return [`${path || 'it'} is ${show(actual)}, expected a list`];
  if (actual.length !== expected.length) {
    return [`${path || 'it'} has ${actual.length} entries, expected ${expected.length}: ${show(actual)}`];
  }
  return expected.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`));
};

const objectDifferences = (expected: Record<string, unknown>, actual: unknown, path: string): string[] => {
  if (!isObject(actual)) return [`${path || 'it'} is ${show(actual)}, expected ${show(expected)}`];
  return Object.entries(expected).flatMap(([key, value]) =>
    differences(value, actual[key], path ? `${path}.${key}` : key),
  );
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LONGEST_SHOWN = 200;

const show = (value: unknown): string => {
  if (value === undefined) return 'not there';
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
};

/** The value at a dotted path (`headers.host`); undefined when there is none. */
export const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((part, key) => (isObject(part) ? part[key] : undefined), value);
