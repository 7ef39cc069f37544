import { describe, expect, test } from 'vitest';
import { builtInSchema, customResourceSchema } from '../built-in.ts';
import { isObject, objectAt } from '../json.ts';
import type { JsonObject, JsonValue, ServedResource } from '../types.ts';
import { openApiV2Document } from './v2.ts';
import { openApiV3Document, openApiV3Index } from './v3.ts';

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

function builtIn(group: string, kind: string, plural: string, more: Partial<ServedResource> = {}): ServedResource {
  const gvk = { group, version: 'v1', kind };
  const schema = builtInSchema(gvk);
  if (!schema) throw new Error(`${kind} is built in`);
  return {
    ...gvk,
    plural,
    listKind: `${kind}List`,
    namespaced: true,
    subresources: ['status'],
    verbs,
    schema,
    ...more,
  };
}

const gvk = { group: 'example.com', version: 'v1', kind: 'Widget' };
const widget: ServedResource = {
  ...gvk,
  plural: 'widgets',
  listKind: 'WidgetList',
  namespaced: true,
  subresources: ['status', 'scale'],
  verbs,
  schema: customResourceSchema(
    {
      type: 'object',
      properties: { spec: { type: 'object', properties: { size: { type: 'string', nullable: true } } } },
    },
    gvk,
  ),
};
const resources = [
  builtIn('', 'Pod', 'pods'),
  builtIn('', 'Node', 'nodes', { namespaced: false }),
  builtIn('apps', 'Deployment', 'deployments', { subresources: ['status', 'scale'] }),
  widget,
];

/** Walks `a`, `b`, … into a document. */
const dig = (document: JsonObject | undefined, ...keys: string[]): JsonObject =>
  keys.reduce<JsonObject>((at, key) => objectAt(at, key), document ?? {});

function* referencesIn(value: JsonValue): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* referencesIn(item);
  if (!isObject(value)) return;
  if (typeof value.$ref === 'string') yield value.$ref;
  for (const child of Object.values(value)) yield* referencesIn(child);
}

describe('OpenAPI v3', () => {
  test('lists a document for each group and version, whose hash follows its content', () => {
    const { paths } = openApiV3Index(resources);
    expect(Object.keys(isObject(paths) ? paths : {})).toEqual(['api/v1', 'apis/apps/v1', 'apis/example.com/v1']);
    const [before, after] = [resources, [{ ...widget, plural: 'wodgets' }]].map(
      list => dig(openApiV3Index(list), 'paths', 'apis/example.com/v1').serverRelativeURL,
    );
    expect(before).toMatch(/^\/openapi\/v3\/apis\/example\.com\/v1\?hash=[0-9A-F]{64}$/);
    expect(after).not.toBe(before);
  });

  test.each(['v1', 'apps/v1', 'example.com/v1'])('has every definition that %s refers to', groupVersion => {
    const document = openApiV3Document(resources, groupVersion);
    const defined = new Set(
      Object.keys(dig(document, 'components', 'schemas')).map(name => `#/components/schemas/${name}`),
    );
    const wanted = new Set(referencesIn(document ?? {}));
    expect(wanted.size).toBeGreaterThan(5);
    expect([...wanted].filter(name => !defined.has(name))).toEqual([]);
  });

  test('knows no document of what is not served', () => {
    expect(openApiV3Document(resources, 'batch/v1')).toBeUndefined();
  });

  test('lets kubectl explain find a kind by its path, and its fields by its kind', () => {
    const document = openApiV3Document(resources, 'example.com/v1');
    const get = dig(document, 'paths', '/apis/example.com/v1/namespaces/{namespace}/widgets', 'get');
    expect(get).toMatchObject({ 'x-kubernetes-action': 'list', 'x-kubernetes-group-version-kind': gvk });
    const schema = dig(document, 'components', 'schemas', 'com.example.v1.Widget');
    expect(schema).toMatchObject({
      'x-kubernetes-group-version-kind': [gvk],
      properties: {
        metadata: { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] },
        spec: { properties: { size: { type: 'string', nullable: true } } },
      },
    });
    expect(dig(document, 'components', 'schemas', 'com.example.v1.WidgetList', 'properties')).toHaveProperty('items');
  });

  test('tells kubectl apply which patches a kind takes, and that the server validates fields', () => {
    const patchOf = (groupVersion: string, path: string): JsonObject =>
      dig(openApiV3Document(resources, groupVersion), 'paths', path, 'patch');
    const deployment = patchOf('apps/v1', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}');
    expect(dig(deployment, 'requestBody', 'content')).toHaveProperty(['application/strategic-merge-patch+json']);
    expect(deployment.parameters).toContainEqual(expect.objectContaining({ name: 'fieldValidation', in: 'query' }));
    expect(deployment.parameters).toContainEqual(expect.objectContaining({ name: 'dryRun' }));
    const custom = patchOf('example.com/v1', '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}');
    expect(dig(custom, 'requestBody', 'content')).not.toHaveProperty(['application/strategic-merge-patch+json']);
  });

  test('offers no more than the verbs and subresources served', () => {
    const node = builtIn('', 'Node', 'nodes', { namespaced: false, verbs: ['get'], subresources: [] });
    const paths = dig(openApiV3Document([node], 'v1'), 'paths');
    expect(Object.keys(paths)).toEqual(['/api/v1/nodes/{name}']);
    expect(Object.keys(dig(paths, '/api/v1/nodes/{name}'))).toEqual(['get', 'parameters']);
  });

  test('a scale subresource speaks of Scale', () => {
    const path = '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}/scale';
    expect(dig(openApiV3Document(resources, 'example.com/v1'), 'paths', path, 'get')).toMatchObject({
      'x-kubernetes-group-version-kind': { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    });
  });
});

describe('OpenAPI v2', () => {
  const document = openApiV2Document(resources);

  test('has every definition that it refers to', () => {
    const defined = new Set(Object.keys(dig(document, 'definitions')).map(name => `#/definitions/${name}`));
    expect([...referencesIn(document)].filter(name => !defined.has(name))).toEqual([]);
  });

  test('says nothing that v2 cannot', () => {
    const text = JSON.stringify(document.definitions);
    expect(text).not.toMatch(/"(oneOf|anyOf|nullable)":/);
    expect(dig(document, 'definitions', 'io.k8s.apimachinery.pkg.util.intstr.IntOrString')).toMatchObject({
      type: 'string',
      format: 'int-or-string',
    });
  });

  test('keeps what strategic merge patches need', () => {
    expect(dig(document, 'definitions', 'io.k8s.api.core.v1.PodSpec', 'properties', 'containers')).toMatchObject({
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-list-type': 'map',
    });
  });
});
