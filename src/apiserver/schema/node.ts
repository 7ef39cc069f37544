/** Walking a schema: references, and what lies under a field. */
import { own } from './json.ts';
import type { Definitions, JsonValue, Schema } from './types.ts';

const prefix = '#/components/schemas/';

/** A node's resolved form never changes, because a node belongs to one set of definitions. */
const resolved = new WeakMap<Schema, Schema>();

/** Any JSON: maps below it merge key by key, lists as a whole. */
export const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

/** The node with its reference followed. What stands beside the reference (description, default, map type) wins over the target's. */
export function resolve(node: Schema, definitions: Definitions): Schema {
  const reference = node.$ref ?? singleReference(node);
  if (reference === undefined) return node;
  const known = resolved.get(node);
  if (known) return known;
  const { $ref: _, allOf: __, ...siblings } = node;
  const merged = { ...resolve(definition(reference, definitions), definitions), ...siblings };
  resolved.set(node, merged);
  return merged;
}

/** OpenAPI v3.0 allows no siblings of `$ref`, so Kubernetes publishes such a node as an `allOf` of one reference. */
function singleReference(node: Schema): string | undefined {
  return node.allOf?.length === 1 && node.type === undefined ? node.allOf[0]?.$ref : undefined;
}

function definition(reference: string, definitions: Definitions): Schema {
  const found = definitions(referenceName(reference));
  if (!found) throw new Error(`schema reference ${reference} leads nowhere`);
  return found;
}

export const referenceName = (reference: string): string =>
  reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;

export const referenceTo = (name: string): Schema => ({ $ref: prefix + name });

/** The schema of a field of a resolved node; undefined where the field is unknown. */
export function fieldSchema(node: Schema, field: string): Schema | undefined {
  const property = node.properties && own(node.properties, field);
  if (property) return property;
  if (typeof node.additionalProperties === 'object') return node.additionalProperties;
  const open = node.additionalProperties === true || node['x-kubernetes-preserve-unknown-fields'] === true;
  return open ? anything : undefined;
}

/** The schema of the items of a resolved node. */
export const itemSchema = (node: Schema): Schema => node.items ?? anything;

export type ListSemantics = { kind: 'atomic' } | { kind: 'set' } | { kind: 'map'; keys: readonly string[] };

/**
 * How a list merges. Built-in kinds older than `x-kubernetes-list-type` say it with their patch strategy.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
export function listSemantics(node: Schema): ListSemantics {
  const type = node['x-kubernetes-list-type'];
  if (type === 'map') return { kind: 'map', keys: node['x-kubernetes-list-map-keys'] ?? [] };
  if (type !== undefined) return { kind: type };
  if (!node['x-kubernetes-patch-strategy']?.split(',').includes('merge')) return { kind: 'atomic' };
  const key = node['x-kubernetes-patch-merge-key'];
  return key === undefined ? { kind: 'set' } : { kind: 'map', keys: [key] };
}

/** The default of a list item's key field, which stands for the key when the item omits it. */
export function keyDefault(list: Schema, key: string, definitions: Definitions): JsonValue | undefined {
  const field = fieldSchema(resolve(itemSchema(list), definitions), key);
  return field && resolve(field, definitions).default;
}
