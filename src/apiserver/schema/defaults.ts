/** Defaults of the schema. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting */
import { isObject, own, put } from './json.ts';
import { anything, fieldSchema, itemSchema, resolve } from './node.ts';
import type { Definitions, JsonObject, JsonValue, ObjectSchema, Schema } from './types.ts';

/** The object with every absent field set that has a default, and without nulls that are not allowed. Parts without change are those of `object` itself. */
export function applyDefaults(object: JsonObject, { root, definitions }: ObjectSchema): JsonObject {
  return defaultObject(object, resolve(root, definitions), definitions);
}

function defaultValue(value: JsonValue, schema: Schema, definitions: Definitions): JsonValue {
  const node = resolve(schema, definitions);
  if (isObject(value)) return defaultObject(value, node, definitions);
  return Array.isArray(value) && node.items ? defaultItems(value, node, definitions) : value;
}

function defaultItems(list: JsonValue[], node: Schema, definitions: Definitions): JsonValue[] {
  const items = list.map(item => defaultValue(item, itemSchema(node), definitions));
  return items.some((item, i) => item !== list[i]) ? items : list;
}

function defaultObject(object: JsonObject, node: Schema, definitions: Definitions): JsonObject {
  const completed: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    const next = defaultField(value, fieldSchema(node, key), definitions);
    if (next !== undefined) put(completed, key, next);
  }
  for (const [key, property] of Object.entries(node.properties ?? {})) {
    const value = Object.hasOwn(object, key) ? undefined : defaultOf(property, definitions);
    if (value !== undefined) put(completed, key, value);
  }
  const keys = Object.keys(completed);
  const unchanged =
    keys.length === Object.keys(object).length && keys.every(key => completed[key] === own(object, key));
  return unchanged ? object : completed;
}

/** A null where the schema allows none stands for an absent field: it takes the default, or goes (undefined). */
function defaultField(value: JsonValue, field: Schema | undefined, definitions: Definitions): JsonValue | undefined {
  if (!field || field === anything) return value;
  if (value !== null || resolve(field, definitions).nullable) return defaultValue(value, field, definitions);
  return defaultOf(field, definitions);
}

function defaultOf(field: Schema, definitions: Definitions): JsonValue | undefined {
  const value = resolve(field, definitions).default;
  return value === undefined ? undefined : defaultValue(structuredClone(value), field, definitions);
}
