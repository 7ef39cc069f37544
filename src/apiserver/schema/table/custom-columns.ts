/** The columns of custom resources: `additionalPrinterColumns` of their CRD, else their age. */
import type { Column, JsonValue, PrinterColumn } from '../types.ts';
import { since } from './duration.ts';
import { parseJsonPath } from './json-path.ts';
import { nameColumn } from './table.ts';

const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.',
};

/** Throws a SyntaxError for a column whose path is outside the subset; validation of the CRD comes first. */
export function customColumns(columns: readonly PrinterColumn[] | undefined): readonly Column[] {
  return [nameColumn, ...(columns?.length ? columns : [age]).map(customColumn)];
}

function customColumn({ name, type, jsonPath, format = '', description, priority = 0 }: PrinterColumn): Column {
  const find = parseJsonPath(jsonPath);
  const cells = cellTypes[type] ?? cellTypes.string;
  return {
    name,
    type: type in cellTypes ? (type as Column['type']) : 'string',
    format,
    description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority,
    cell: (object, now) => {
      const [value] = find(object);
      return value === undefined || !cells ? null : cells(value, now);
    },
  };
}

const cellTypes: { [type: string]: (value: JsonValue, now: number) => JsonValue } = {
  string: value => (typeof value === 'string' ? value : JSON.stringify(value)),
  integer: value => (typeof value === 'number' ? Math.trunc(value) : null),
  number: value => (typeof value === 'number' ? value : null),
  boolean: value => (typeof value === 'boolean' ? value : null),
  date: (value, now) => (typeof value === 'string' ? since(value, now) : null),
};
