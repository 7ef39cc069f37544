import { isObject } from '../schema/json.ts';
import { fieldSchema, itemSchema, resolve } from '../schema/node.ts';
import type { Definitions, JsonValue, Schema } from '../schema/types.ts';

/** What CEL computes with: integers are bigint, so that they are told from doubles. */
export type CelValue = null | boolean | bigint | number | string | Date | CelValue[] | { [key: string]: CelValue };

/** Reads JSON as its schema says: integers, doubles, times, and property names as CEL can write them. */
export const toCel = (value: JsonValue, schema: Schema, definitions: Definitions): CelValue => {
  const node = resolve(schema, definitions);
  if (typeof value === 'number') return toNumber(value, node);
  if (typeof value === 'string' && node.format === 'date-time') return toDate(value);
  if (Array.isArray(value)) return value.map(item => toCel(item, itemSchema(node), definitions));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([key, field]): [string, CelValue] => [
    node.properties && Object.hasOwn(node.properties, key) ? escapeName(key) : key,
    toCel(field, fieldSchema(node, key) ?? {}, definitions),
  ]);
  return Object.fromEntries(fields);
};

const toNumber = (value: number, { type }: Schema): bigint | number =>
  type !== 'number' && Number.isInteger(value) ? BigInt(value) : value;

const toDate = (text: string): Date | string => {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date;
};

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** https://kubernetes.io/docs/reference/using-api/cel/#escaping */
const escapeName = (name: string): string => {
  if (reserved.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
};

/** How many items the longest list or map in the value has. */
export const longest = (value: CelValue): number => {
  if (typeof value !== 'object' || value === null || value instanceof Date) return 1;
  const items = Array.isArray(value) ? value : Object.values(value);
  return items.reduce<number>((most, item) => Math.max(most, longest(item)), Math.max(1, items.length));
};
