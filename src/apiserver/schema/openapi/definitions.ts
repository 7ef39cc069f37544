/** The definitions that a document needs: those of its resources, and all they refer to. */
import { listSchema } from '../built-in.ts';
import { referenceName } from '../node.ts';
import type { Definitions, JsonObject, Schema, ServedResource } from '../types.ts';
import { definitionName, listGvk, type PathItem } from './operations.ts';

/** By name, sorted. */
export function definitionsFor(resources: readonly ServedResource[], paths: readonly PathItem[]): Map<string, Schema> {
  const roots = new Map(resources.flatMap(ownDefinitions));
  const found = new Map<string, Schema>();
  const pending = [
    ...roots.keys(),
    ...paths.flatMap(({ operations }) => operations.flatMap(({ answer, body = answer }) => [answer, body])),
  ];
  const lookUp: Definitions = name => roots.get(name) ?? resources[0]?.schema.definitions(name);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const schema = found.has(name) ? undefined : lookUp(name);
    if (!schema) continue;
    found.set(name, schema);
    pending.push(...references(schema));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function ownDefinitions(resource: ServedResource): [string, Schema][] {
  const [name, list] = [definitionName(resource), definitionName(listGvk(resource))];
  const listRoot = resource.schema.definitions(list) ?? listSchema(name, listGvk(resource));
  return [
    [name, resource.schema.root],
    [list, listRoot],
  ];
}

/** The node as JSON, with each schema directly below it changed. */
export function mapChildren(node: Schema, change: (child: Schema) => JsonObject): JsonObject {
  const { properties, items, additionalProperties, not, allOf, anyOf, oneOf, ...rest } = node;
  const own = { ...rest } as JsonObject;
  const lists = { allOf, anyOf, oneOf };
  for (const [key, list] of Object.entries(lists)) if (list) own[key] = list.map(change);
  if (properties) {
    own.properties = Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, change(child)]));
  }
  if (items) own.items = change(items);
  if (not) own.not = change(not);
  if (additionalProperties === undefined) return own;
  const isSchema = typeof additionalProperties === 'object';
  return { ...own, additionalProperties: isSchema ? change(additionalProperties) : additionalProperties };
}

function references({
  $ref,
  properties = {},
  items,
  additionalProperties,
  not,
  allOf = [],
  anyOf = [],
  oneOf = [],
}: Schema): string[] {
  const below = [...Object.values(properties), items, additionalProperties, not, ...allOf, ...anyOf, ...oneOf];
  const found = below.flatMap(child => (typeof child === 'object' ? references(child) : []));
  return $ref === undefined ? found : [referenceName($ref), ...found];
}
