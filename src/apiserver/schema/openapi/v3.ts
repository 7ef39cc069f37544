/** OpenAPI v3, by group and version. https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3 */
import { createHash } from 'node:crypto';
import { referenceTo } from '../node.ts';
import type { JsonObject, JsonValue, Schema, ServedResource } from '../types.ts';
import { definitionsFor, mapChildren } from './definitions.ts';
import { groupVersionOf, type Operation, type Parameter, type PathItem, pathsOf, rootOf } from './operations.ts';

/** `/openapi/v3`: where the documents are. The hash of a document's resources tells clients when to read it again. */
export function openApiV3Index(resources: readonly ServedResource[]): JsonObject {
  const paths: JsonObject = {};
  for (const list of Map.groupBy(resources, rootOf).values()) {
    const root = list[0] ? rootOf(list[0]) : '';
    paths[root.slice(1)] = { serverRelativeURL: `/openapi/v3${root}?hash=${hashOf(list)}` };
  }
  return { paths };
}

const hashOf = (resources: readonly ServedResource[]): string =>
  createHash('sha256').update(JSON.stringify(resources)).digest('hex').toUpperCase();

/** The document of `apps/v1`, or `v1`; undefined where nothing of it is served. */
export function openApiV3Document(resources: readonly ServedResource[], groupVersion: string): JsonObject | undefined {
  const served = resources.filter(resource => groupVersionOf(resource) === groupVersion);
  if (served.length === 0) return undefined;
  const paths = served.flatMap(pathsOf);
  const schemas = [...definitionsFor(served, paths)].map(([name, schema]) => [name, render(schema)]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(paths.map(item => [item.path, pathItem(item)])),
    components: { schemas: Object.fromEntries(schemas) },
  };
}

/** OpenAPI v3.0 knows neither types beside a reference, nor ours for IntOrString and Quantity. */
function render(node: Schema): JsonObject {
  const { $ref, ...rest } = mapChildren(node, render);
  if ($ref !== undefined) return Object.keys(rest).length > 0 ? { ...rest, allOf: [{ $ref }] } : { $ref };
  const { format, 'x-kubernetes-int-or-string': _, ...others } = rest;
  if (format === 'int-or-string') return { ...others, format, oneOf: [{ type: 'integer' }, { type: 'string' }] };
  return format === 'quantity' ? others : rest;
}

function pathItem({ placeholders, operations }: PathItem): JsonObject {
  const item: JsonObject = Object.fromEntries(operations.map(operation => [operation.method, operationOf(operation)]));
  if (placeholders.length > 0) item.parameters = placeholders.map(pathParameter);
  return item;
}

const pathParameter = (name: string): JsonValue => ({
  name,
  in: 'path',
  description:
    name === 'namespace' ? 'object name and auth scope, such as for teams and projects' : 'name of the object',
  required: true,
  schema: { type: 'string', uniqueItems: true },
});

const queryParameter = ({ name, type, description }: Parameter): JsonObject => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
});

const schemaRef = (name: string): JsonObject => ({ schema: { $ref: referenceTo(name).$ref ?? '' } });

function operationOf({ action, id, description, query, body, consumes = ['*/*'], answer, gvk }: Operation): JsonObject {
  const content = { 'application/json': schemaRef(answer), 'application/yaml': schemaRef(answer) };
  return {
    description,
    operationId: id,
    ...(query.length > 0 && { parameters: query.map(queryParameter) }),
    ...(body && {
      requestBody: {
        content: Object.fromEntries(consumes.map(type => [type, schemaRef(body)])),
        ...(action !== 'delete' && action !== 'deletecollection' && { required: true }),
      },
    }),
    responses: {
      200: { description: 'OK', content },
      ...(action === 'post' || action === 'put' || action === 'patch'
        ? { 201: { description: 'Created', content } }
        : {}),
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { ...gvk },
  };
}
