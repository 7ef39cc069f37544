/** Tables: lists as `kubectl get` shows them. https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
import { objectAt, own } from '../json.ts';
import type { Column, JsonObject, JsonValue, TableRequest } from '../types.ts';

export function toTable({ columns, objects, include, listMeta, now }: TableRequest): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMeta,
    columnDefinitions: columns.map(definition),
    rows: objects.map(object => ({
      cells: columns.map(column => column.cell(object, now)),
      ...rowObject(object, include),
    })),
  };
}

const definition = ({ name, type, format, description, priority }: Column): JsonObject => ({
  name,
  type,
  format,
  description,
  priority,
});

function rowObject(object: JsonObject, include: TableRequest['include']): { object?: JsonValue } {
  if (include === 'None') return {};
  if (include === 'Object') return { object };
  const metadata = own(object, 'metadata') ?? {};
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } };
}

/** The name of an object, as every table's first column has it. */
export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
  cell: object => own(objectAt(object, 'metadata'), 'name') ?? '',
};
