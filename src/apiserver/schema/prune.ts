/**
 * Structural pruning: what the schema does not know is dropped.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 */
import { isObject, put } from './json.ts';
import { fieldSchema, itemSchema, referenceTo, resolve } from './node.ts';
import type { Definitions, JsonObject, JsonValue, ObjectSchema, Schema } from './types.ts';

export interface Pruned {
  object: JsonObject;
  /** `spec.containers[0].foo`, for warnings and strict requests: `unknown field "spec.containers[0].foo"`. */
  unknownFields: string[];
}

export function prune(object: JsonObject, { root, definitions, nullMeansAbsent }: ObjectSchema): Pruned {
  const unknownFields: string[] = [];
  const context: Context = { definitions, nullMeansAbsent, unknownFields };
  return { object: pruneObject(object, resolve(root, definitions), '', context), unknownFields };
}

interface Context {
  definitions: Definitions;
  nullMeansAbsent: boolean;
  unknownFields: string[];
}

function pruneValue(value: JsonValue, schema: Schema, path: string, context: Context): JsonValue {
  const node = resolve(schema, context.definitions);
  if (isObject(value)) return pruneObject(value, node, path, context);
  if (!Array.isArray(value) || !node.items) return value;
  return value.map((item, i) => pruneValue(item, itemSchema(node), `${path}[${i}]`, context));
}

function pruneObject(object: JsonObject, node: Schema, path: string, context: Context): JsonObject {
  const pruned: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    const at = path ? `${path}.${key}` : key;
    const field = objectField(node, key);
    const own = isMetadata(key, path, node) ? { ...context, nullMeansAbsent: true } : context;
    if (value === null && own.nullMeansAbsent) continue;
    if (field) put(pruned, key, pruneValue(value, field, at, own));
    else context.unknownFields.push(at);
  }
  return pruned;
}

/** An embedded resource has the type and metadata of any object, whatever its schema says. */
function objectField(node: Schema, key: string): Schema | undefined {
  const field = fieldSchema(node, key);
  if (!node['x-kubernetes-embedded-resource']) return field;
  if (key === 'metadata') return objectMetadata;
  return key === 'apiVersion' || key === 'kind' ? { type: 'string' } : field;
}

const objectMetadata = referenceTo('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');

/** Metadata is decoded into a Go struct even of custom resources: there null means absent. */
const isMetadata = (key: string, path: string, node: Schema): boolean =>
  key === 'metadata' && (path === '' || node['x-kubernetes-embedded-resource'] === true);
