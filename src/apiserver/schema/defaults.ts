/** Defaults of the schema. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting */
import { isObject, own, put } from './json.ts';
import { fieldSchema, itemSchema, resolve } from './node.ts';
import type { Definitions, JsonObject, JsonValue, ObjectSchema, Schema } from './types.ts';

/** The object with every absent field set that has a default. Parts without change are those of `object` itself. */
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
  const changes: JsonObject = {};
  for (const [key, property] of Object.entries(node.properties ?? {})) {
    const missing = missingValue(own(object, key), resolve(property, definitions));
    if (missing !== undefined) put(changes, key, defaultValue(structuredClone(missing), property, definitions));
  }
  for (const [key, value] of Object.entries(object)) {
    const field = Object.hasOwn(changes, key) ? undefined : fieldSchema(node, key);
    const defaulted = field ? defaultValue(value, field, definitions) : value;
    if (defaulted !== value) put(changes, key, defaulted);
  }
  return Object.keys(changes).length > 0 ? { ...object, ...changes } : object;
}

/** A null stands for an absent field where the field has a default and may not be null. */
function missingValue(value: JsonValue | undefined, node: Schema): JsonValue | undefined {
  return value === undefined || (value === null && !node.nullable) ? node.default : undefined;
}
