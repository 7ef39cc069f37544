/** OpenAPI v2: one document of everything, for older clients. https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v2 */
import { referenceName } from '../node.ts';
import type { JsonObject, JsonValue, Schema, ServedResource } from '../types.ts';
import { definitionsFor, mapChildren } from './definitions.ts';
import { type Operation, type Parameter, type PathItem, pathsOf } from './operations.ts';

export function openApiV2Document(resources: readonly ServedResource[]): JsonObject {
  const paths = resources.flatMap(pathsOf);
  const definitions = [...definitionsFor(resources, paths)].map(([name, schema]) => [name, render(schema)]);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(paths.map(item => [item.path, pathItem(item)])),
    definitions: Object.fromEntries(definitions),
  };
}

const definitionRef = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` });

/** OpenAPI v2 has no alternatives and no nullable values: what it cannot say is left open. */
function render(node: Schema): JsonObject {
  const { nullable, default: _, oneOf, anyOf, allOf, not, ...known } = node;
  const { $ref, format, ...rest } = mapChildren(known, render);
  if (typeof $ref === 'string') return { ...rest, ...definitionRef(referenceName($ref)) };
  if (node['x-kubernetes-int-or-string']) return { ...rest, type: 'string', format: 'int-or-string' };
  if (format === 'quantity') return { ...rest, type: 'string' };
  return { ...rest, ...(format !== undefined && { format }) };
}

function pathItem({ placeholders, operations }: PathItem): JsonObject {
  const item: JsonObject = Object.fromEntries(operations.map(operation => [operation.method, operationOf(operation)]));
  if (placeholders.length > 0) {
    item.parameters = placeholders.map(name => ({
      name,
      in: 'path',
      required: true,
      type: 'string',
      uniqueItems: true,
    }));
  }
  return item;
}

const queryParameter = ({ name, type, description }: Parameter): JsonObject => ({
  name,
  in: 'query',
  description,
  type,
  uniqueItems: true,
});

function operationOf({ action, id, description, query, body, consumes = ['*/*'], answer, gvk }: Operation): JsonObject {
  const answers = { description: 'OK', schema: definitionRef(answer) };
  const parameters: JsonValue[] = query.map(queryParameter);
  if (body) parameters.unshift({ name: 'body', in: 'body', schema: definitionRef(body) });
  return {
    description,
    operationId: id,
    consumes: [...consumes],
    produces: ['application/json', 'application/yaml'],
    schemes: ['https'],
    parameters,
    responses: { 200: answers, 401: { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { ...gvk },
  };
}
