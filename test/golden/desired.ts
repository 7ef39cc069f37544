/** What a compiler wants, in a form that a person can read. */
import type { Desired, WantedObject } from '../../src/compile/desired.ts';
import { type ColumnValue, isRowRef, type RowPiece, type RowRef } from '../../src/compile/ovn/row.ts';
import { apiVersionOf } from '../../src/resources/meta.ts';

/** A part that the compiler leaves as it is says so. */
export const readableDesired = ({ objects, rows, own }: Desired): Readonly<Record<string, unknown>> => ({
  objects: objects ? objects.map(readableObject) : 'as they are',
  rows: rows ? rows.map(readableRow) : 'as they are',
  ...(own && { own }),
});

const readableObject = ({
  type,
  name,
  namespace,
  labels,
  annotations,
  ownerReference,
  adopt,
  content,
}: WantedObject) => ({
  apiVersion: apiVersionOf(type),
  kind: type.kind,
  metadata: {
    ...(namespace !== undefined && { namespace }),
    name,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(ownerReference && { ownerReferences: [ownerReference] }),
  },
  ...(adopt && { '(adopts what nobody owns)': true }),
  ...content,
});

const readableRow = ({ key, value }: RowPiece) => ({
  key,
  table: value.table,
  ...Object.fromEntries(Object.entries(value.columns).map(([name, column]) => [name, readableColumn(column)])),
  ...(value.memberOf && { memberOf: value.memberOf.map(({ of, column }) => `${column} of ${readableRef(of)}`) }),
});

const readableColumn = (value: ColumnValue): unknown => {
  if (isRowRef(value)) return readableRef(value);
  return Array.isArray(value) ? value.map(item => (typeof item === 'string' ? item : readableRef(item))) : value;
};

const readableRef = ({ table, owner, key }: RowRef): string => `${table} ${key} of ${owner}`;
