/** The managers of an object: `metadata.managedFields`, decoded and encoded. */
import { arrayAt, isObject, objectAt, own, stringAt } from '../json.ts';
import type { JsonObject, JsonValue } from '../types.ts';
import { emptySet, type FieldSet, isEmpty } from './field-set.ts';
import { decodeFieldsV1, encodeFieldsV1 } from './fields-v1.ts';

export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
  time?: string;
  fields: FieldSet;
}

/** By identity. Never changed in place. */
export type Managers = ReadonlyMap<string, Manager>;

/** Who a manager is. An applier stays the same whatever version it applies with. */
export const identity = ({ manager, operation, apiVersion, subresource }: Omit<Manager, 'fields'>): string =>
  JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource ?? '']);

export const managersOf = (list: Iterable<Manager>): Managers =>
  new Map(Iterator.from(list).map(manager => [identity(manager), manager]));

export const withManager = (managers: Managers, manager: Manager): Managers =>
  new Map(managers).set(identity(manager), manager);

/** The same managers with other fields; those left with none are dropped. */
export const mapFields = (managers: Managers, change: (manager: Manager) => FieldSet): Managers =>
  managersOf(
    [...managers.values()]
      .map(manager => ({ ...manager, fields: change(manager) }))
      .filter(({ fields }) => !isEmpty(fields)),
  );

const entriesOf = (object: JsonObject): JsonValue[] => arrayAt(objectAt(object, 'metadata'), 'managedFields');

/** Undefined where any entry is malformed. */
export function decodeManagers(object: JsonObject): Managers | undefined {
  const decoded = entriesOf(object).map(decodeEntry);
  return decoded.every(entry => entry !== undefined) ? managersOf(decoded) : undefined;
}

function decodeEntry(entry: JsonValue): Manager | undefined {
  if (!isObject(entry) || entry.fieldsType !== 'FieldsV1') return undefined;
  const { operation } = entry;
  const [apiVersion, subresource, time] = [
    stringAt(entry, 'apiVersion'),
    stringAt(entry, 'subresource'),
    stringAt(entry, 'time'),
  ];
  const fields = decodeFields(entry.fieldsV1);
  if ((operation !== 'Apply' && operation !== 'Update') || !apiVersion || !fields) return undefined;
  const optional = { ...(subresource && { subresource }), ...(time && { time }) };
  return { manager: stringAt(entry, 'manager'), operation, apiVersion, ...optional, fields };
}

function decodeFields(fields: JsonValue | undefined): FieldSet | undefined {
  if (fields === undefined || fields === null) return emptySet;
  try {
    return isObject(fields) ? decodeFieldsV1(fields) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The object with these managers; without `managedFields` where there are none. */
export function withManagers(object: JsonObject, managers: Managers): JsonObject {
  const { managedFields: _, ...metadata } = objectAt(object, 'metadata');
  const entries = [...managers.values()].sort(byOperationAndTime).map(encodeEntry);
  return { ...object, metadata: entries.length > 0 ? { ...metadata, managedFields: entries } : metadata };
}

export const withoutManagers = (object: JsonObject): JsonObject =>
  own(objectAt(object, 'metadata'), 'managedFields') === undefined ? object : withManagers(object, new Map());

function encodeEntry({ manager, operation, apiVersion, time, fields, subresource }: Manager): JsonObject {
  return {
    ...(manager && { manager }),
    operation,
    apiVersion,
    ...(time && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeFieldsV1(fields),
    ...(subresource && { subresource }),
  };
}

const sortKey = ({ operation, time, manager, apiVersion, subresource }: Manager): string[] => [
  operation,
  time ?? '',
  manager,
  apiVersion,
  subresource ?? '',
];

function byOperationAndTime(a: Manager, b: Manager): number {
  const [left, right] = [sortKey(a), sortKey(b)];
  const at = left.findIndex((part, i) => part !== right[i]);
  return at < 0 ? 0 : (left[at] ?? '') < (right[at] ?? '') ? -1 : 1;
}

/** A client resets managedFields with an empty list or a list of one empty entry. */
export function isReset(object: JsonObject): boolean {
  const entries = own(objectAt(object, 'metadata'), 'managedFields');
  if (!Array.isArray(entries)) return false;
  const [first] = entries;
  return entries.length === 0 || (entries.length === 1 && isObject(first) && Object.keys(first).length === 0);
}
