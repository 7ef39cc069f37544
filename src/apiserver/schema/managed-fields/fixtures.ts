/** A kind with a field of every merging behaviour, and short ways to write it. */
import { customResourceSchema } from '../built-in.ts';
import { objectAt } from '../json.ts';
import type { ApplyRequest, JsonObject, JsonValue, ObjectSchema, Schema, UpdateRequest } from '../types.ts';
import { applyServerSide } from './apply.ts';
import { trackUpdate } from './update.ts';

const text: Schema = { type: 'string' };
const listOfMaps = (keys: string[], properties: { [name: string]: Schema }): Schema => ({
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
  items: { type: 'object', properties },
});
export const widget: ObjectSchema = customResourceSchema(
  {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          replicas: { type: 'integer' },
          image: text,
          args: { type: 'array', items: text },
          tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
          items: listOfMaps(['name'], { name: text, value: text, other: text }),
          ports: listOfMaps(['port', 'protocol'], { port: { type: 'integer' }, protocol: { ...text, default: 'TCP' } }),
          options: { type: 'object', additionalProperties: text },
          selector: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: text },
          free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
      status: { type: 'object', properties: { ready: { type: 'boolean' } } },
    },
  },
  { group: 'example.com', version: 'v1', kind: 'Widget' },
);

export const object = (spec: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w', namespace: 'default' },
  spec,
  ...more,
});
export const time = '2026-01-01T00:00:00Z';

export function applied(
  manager: string,
  live: JsonObject | undefined,
  spec: JsonObject,
  more: Partial<ApplyRequest> = {},
): JsonObject {
  const result = apply(manager, live, spec, more);
  if (result.kind !== 'applied') throw new Error(result.message);
  return result.object;
}

export const apply = (
  manager: string,
  live: JsonObject | undefined,
  spec: JsonObject,
  more: Partial<ApplyRequest> = {},
) =>
  applyServerSide({
    ...(live && { live }),
    applied: object(spec),
    schema: widget,
    manager,
    force: false,
    time,
    hasStatus: true,
    ...more,
  });

export const updated = (
  manager: string,
  live: JsonObject | undefined,
  next: JsonObject,
  more: Partial<UpdateRequest> = {},
): JsonObject =>
  trackUpdate({ ...(live && { live }), updated: next, schema: widget, manager, time, hasStatus: true, ...more });

export const specOf = (live: JsonObject): JsonObject => objectAt(live, 'spec');

/** `manager/operation` → the fields of its spec. */
export function owners(live: JsonObject): { [manager: string]: JsonValue | undefined } {
  const entries = objectAt(live, 'metadata').managedFields;
  if (!Array.isArray(entries)) return {};
  return Object.fromEntries(
    (entries as JsonObject[]).map(entry => [
      `${entry.manager}/${entry.operation}${entry.subresource ? `/${entry.subresource}` : ''}`,
      objectAt(entry, 'fieldsV1')['f:spec'] ?? entry.fieldsV1,
    ]),
  );
}
