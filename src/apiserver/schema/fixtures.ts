/** Schemas and objects that the tests of this folder share. */
import { builtInSchema, customResourceSchema } from './built-in.ts';
import type { JsonObject, JsonValue, ObjectSchema, Schema } from './types.ts';

export const gvk = { group: 'example.com', version: 'v1', kind: 'Widget' };
export const widget = (spec: Schema, more: Schema = {}): ObjectSchema =>
  customResourceSchema({ type: 'object', properties: { spec }, ...more }, gvk);
export const object = (spec: JsonValue): JsonObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  spec,
});
export const struct = (properties: { [name: string]: Schema }, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});

export const builtIn = (group: string, kind: string): ObjectSchema => {
  const schema = builtInSchema({ group, version: 'v1', kind });
  if (!schema) throw new Error(`${kind} is built in`);
  return schema;
};
