import { describe, expect, test } from 'vitest';
import { builtInSchema, customResourceSchema } from './built-in.ts';
import { applyDefaults } from './defaults.ts';
import { prune } from './prune.ts';
import type { JsonObject, JsonValue, ObjectSchema, Schema } from './types.ts';
import { validate } from './validate.ts';

const gvk = { group: 'example.com', version: 'v1', kind: 'Widget' };
const widget = (spec: Schema, more: Schema = {}): ObjectSchema =>
  customResourceSchema({ type: 'object', properties: { spec }, ...more }, gvk);
const object = (spec: JsonValue): JsonObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  spec,
});
const struct = (properties: { [name: string]: Schema }, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});

const builtIn = (group: string, kind: string): ObjectSchema => {
  const schema = builtInSchema({ group, version: 'v1', kind });
  if (!schema) throw new Error(`${kind} is built in`);
  return schema;
};

describe('pruning', () => {
  const schema = widget(
    struct({
      known: struct({ a: { type: 'string' } }),
      list: { type: 'array', items: struct({ a: { type: 'string' } }) },
      map: { type: 'object', additionalProperties: struct({ a: { type: 'string' } }) },
      free: struct({ known: struct({ a: { type: 'string' } }) }, { 'x-kubernetes-preserve-unknown-fields': true }),
      closed: { type: 'object' },
      template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: struct({}) } },
    }),
  );

  test.each<[JsonObject, JsonObject, string[]]>([
    [{ known: { a: 'x', b: 1 } }, { known: { a: 'x' } }, ['spec.known.b']],
    [{ list: [{ a: 'x' }, { z: 1 }] }, { list: [{ a: 'x' }, {}] }, ['spec.list[1].z']],
    [{ map: { k: { a: 'x', z: 1 } } }, { map: { k: { a: 'x' } } }, ['spec.map.k.z']],
    [{ free: { any: { thing: [1] } } }, { free: { any: { thing: [1] } } }, []],
    [{ free: { known: { z: 1 } } }, { free: { known: {} } }, ['spec.free.known.z']],
    [{ closed: { z: 1 } }, { closed: {} }, ['spec.closed.z']],
    [
      { template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', foo: 1 }, spec: { z: 1 } } },
      { template: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: {} } },
      ['spec.template.metadata.foo', 'spec.template.spec.z'],
    ],
    [{ known: null }, { known: null }, []],
  ])('of %j', (spec, expected, unknownFields) => {
    expect(prune(object(spec), schema)).toEqual({ object: object(expected), unknownFields });
  });

  test('takes null for absent where Go does: in built-in kinds and in metadata', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', creationTimestamp: null },
      spec: { nodeName: null },
    };
    expect(prune(pod, builtIn('', 'Pod')).object).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: {},
    });
    const custom = { ...object({}), metadata: { name: 'w', creationTimestamp: null, foo: 1 } };
    expect(prune(custom, schema)).toEqual({ object: object({}), unknownFields: ['metadata.foo'] });
  });
});

describe('defaulting', () => {
  const schema = widget(
    struct(
      {
        a: { type: 'string', default: 'x' },
        deep: struct({ b: { type: 'integer', default: 1 } }, { default: {} }),
        maybe: struct({ c: { type: 'integer', default: 1 } }),
        list: { type: 'array', items: struct({ d: { type: 'boolean', default: true } }) },
        nothing: { type: 'string', nullable: true, default: 'x' },
      },
      { default: {} },
    ),
  );

  test.each<[JsonValue, JsonObject]>([
    [{}, { a: 'x', deep: { b: 1 }, nothing: 'x' }],
    [
      { a: 'y', deep: { b: 2 }, nothing: null },
      { a: 'y', deep: { b: 2 }, nothing: null },
    ],
    [
      { a: null, maybe: {}, list: [{}, { d: false }] },
      { a: 'x', deep: { b: 1 }, maybe: { c: 1 }, list: [{ d: true }, { d: false }], nothing: 'x' },
    ],
  ])('of %j', (spec, expected) => {
    expect(applyDefaults(object(spec), schema).spec).toEqual(expected);
  });

  test('of an absent parent reaches its children; what is complete is returned as it is', () => {
    const { spec: _, ...bare } = object({});
    const once = applyDefaults(bare, schema);
    expect(once.spec).toEqual({ a: 'x', deep: { b: 1 }, nothing: 'x' });
    expect(applyDefaults(once, schema)).toBe(once);
  });

  test('sets what Kubernetes sets for built-in kinds', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } };
    expect(applyDefaults(service, builtIn('', 'Service')).spec).toEqual({
      ports: [{ port: 80, protocol: 'TCP' }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    });
  });
});

describe('validation', () => {
  const cases: [Schema, JsonValue, string[]][] = [
    [
      struct({ a: { type: 'string' } }),
      { a: 1 },
      ['spec.a: Invalid value: "integer": spec.a in body must be of type string: "integer"'],
    ],
    [
      struct({ a: { type: 'integer' } }),
      { a: 1.5 },
      ['spec.a: Invalid value: "number": spec.a in body must be of type integer: "number"'],
    ],
    [struct({ a: { type: 'number' } }), { a: 1 }, []],
    [
      struct({ a: { type: 'string' } }),
      { a: null },
      ['spec.a: Invalid value: "null": spec.a in body must be of type string: "null"'],
    ],
    [struct({ a: { type: 'string', nullable: true } }), { a: null }, []],
    [struct({}, { required: ['a', 'b'] }), {}, ['spec.a: Required value', 'spec.b: Required value']],
    [
      struct({ a: { type: 'string', enum: ['x', 'y'] } }),
      { a: 'z' },
      ['spec.a: Unsupported value: "z": supported values: "x", "y"'],
    ],
    [
      struct({ a: { type: 'string', pattern: '^a+$' } }),
      { a: 'b' },
      [`spec.a: Invalid value: "b": spec.a in body should match '^a+$'`],
    ],
    [struct({ a: { type: 'string', pattern: '(?i)^A+$' } }), { a: 'aa' }, []],
    [struct({ a: { type: 'string', maxLength: 2 } }), { a: 'abc' }, ['spec.a: Too long: may not be more than 2 bytes']],
    [struct({ a: { type: 'string', maxLength: 1 } }), { a: '😀' }, []],
    [
      struct({ a: { type: 'string', minLength: 2 } }),
      { a: '' },
      ['spec.a: Invalid value: "": spec.a in body should be at least 2 chars long'],
    ],
    [
      struct({ a: { type: 'integer', minimum: 1 } }),
      { a: 0 },
      ['spec.a: Invalid value: 0: spec.a in body should be greater than or equal to 1'],
    ],
    [
      struct({ a: { type: 'integer', maximum: 1, exclusiveMaximum: true } }),
      { a: 1 },
      ['spec.a: Invalid value: 1: spec.a in body should be less than 1'],
    ],
    [struct({ a: { type: 'number', multipleOf: 0.1 } }), { a: 0.3 }, []],
    [
      struct({ a: { type: 'integer', multipleOf: 5 } }),
      { a: 7 },
      ['spec.a: Invalid value: 7: spec.a in body should be a multiple of 5'],
    ],
    [
      struct({ a: { type: 'integer', format: 'int32' } }),
      { a: 2 ** 31 },
      ['spec.a: Invalid value: 2147483648: spec.a in body must be of type int32'],
    ],
    [
      struct({ a: { type: 'array', maxItems: 1, items: { type: 'string' } } }),
      { a: ['x', 'y'] },
      ['spec.a: Too many: 2: must have at most 1 item'],
    ],
    [
      struct({ a: { type: 'array', minItems: 1, items: { type: 'string' } } }),
      { a: [] },
      ['spec.a: Invalid value: []: spec.a in body should have at least 1 items'],
    ],
    [
      struct({ a: { type: 'object', maxProperties: 1, additionalProperties: { type: 'string' } } }),
      { a: { b: '', c: '' } },
      ['spec.a: Too many: 2: must have at most 1 item'],
    ],
    [
      struct({ a: { type: 'object', additionalProperties: { type: 'string' } } }),
      { a: { b: 1 } },
      ['spec.a.b: Invalid value: "integer": spec.a.b in body must be of type string: "integer"'],
    ],
    [
      struct({ a: { type: 'array', items: struct({ b: { type: 'string' } }, { required: ['b'] }) } }),
      { a: [{ b: '' }, {}] },
      ['spec.a[1].b: Required value'],
    ],
    [struct({ a: { 'x-kubernetes-int-or-string': true } }), { a: '25%' }, []],
    [
      struct({ a: { 'x-kubernetes-int-or-string': true } }),
      { a: true },
      ['spec.a: Invalid value: "boolean": spec.a in body must be of type integer,string: "boolean"'],
    ],
    [
      struct({ a: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } } }),
      { a: ['x', 'y', 'x'] },
      ['spec.a[2]: Duplicate value: "x"'],
    ],
    [
      struct({
        a: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: struct({ k: { type: 'string' }, v: { type: 'string' } }),
        },
      }),
      { a: [{ k: 'x' }, { k: 'x', v: '1' }] },
      ['spec.a[1]: Duplicate value: {"k":"x"}'],
    ],
    [
      struct({ a: { type: 'string', format: 'ipv4' } }),
      { a: '10.0.0.256' },
      ['spec.a: Invalid value: "10.0.0.256": spec.a in body must be of type ipv4: "10.0.0.256"'],
    ],
    [struct({ a: { type: 'string', format: 'whatever' } }), { a: 'x' }, []],
    [
      struct({}, { anyOf: [{ required: ['a'] }, { required: ['b'] }] }),
      {},
      ['spec: Invalid value: "": "spec" must validate at least one schema (anyOf)'],
    ],
    [
      struct({}, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
      {},
      ['spec: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid'],
    ],
    [
      struct({}, { not: { required: ['a'] } }),
      { a: 1 },
      ['spec: Invalid value: "": "spec" must not validate the schema (not)'],
    ],
    [struct({}, { allOf: [{ required: ['a'] }] }), {}, ['spec.a: Required value']],
    [
      struct({ t: { type: 'object', 'x-kubernetes-embedded-resource': true } }),
      { t: { kind: 'Pod' } },
      ['spec.t.apiVersion: Required value: must not be empty'],
    ],
  ];
  test.each(cases)('%j of %j', (schema, spec, expected) => {
    expect(validate(object(spec), widget(schema)).map(({ field, message }) => `${field}: ${message}`)).toEqual(
      expected,
    );
  });

  test('reports every error, with the reasons that a Status gives', () => {
    const schema = widget(struct({ a: { type: 'string' }, b: { type: 'integer', minimum: 1 } }, { required: ['c'] }));
    expect(validate(object({ a: 1, b: 0 }), schema).map(({ field, reason }) => [field, reason])).toEqual([
      ['spec.c', 'FieldValueRequired'],
      ['spec.a', 'FieldValueTypeInvalid'],
      ['spec.b', 'FieldValueInvalid'],
    ]);
  });

  test.each([
    ['date-time', ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5+02:00'], ['2026-01-01', '2026-13-01T00:00:00Z']],
    ['cidr', ['10.0.0.0/8', 'fd00::/64'], ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/08']],
    ['mac', ['00:00:5e:00:53:01', '00-00-5e-00-53-01'], ['00:00:5e:00:53', '00:00-5e:00:53:01']],
    ['byte', ['', 'YQ=='], ['YQ', '!']],
    ['uuid', ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567']],
    ['duration', ['1h30m', '0'], ['soon', '']],
    ['hostname', ['a.example.com'], ['-a', 'a_b']],
    ['uri', ['https://example.com/x', '/x'], ['x y']],
  ])('checks the format %s', (format, good, bad) => {
    const schema = widget(struct({ a: { type: 'string', format } }));
    for (const text of good) expect(validate(object({ a: text }), schema), text).toEqual([]);
    for (const text of bad) expect(validate(object({ a: text }), schema), text).toHaveLength(1);
  });

  test('limits on the name of a custom resource hold', () => {
    const schema = customResourceSchema(struct({ metadata: struct({ name: { type: 'string', maxLength: 3 } }) }), gvk);
    const long = { ...object({}), metadata: { name: 'long', labels: { a: 'b' } } };
    expect(prune(long, schema).unknownFields).toEqual(['spec']);
    expect(validate(long, schema)).toMatchObject([{ field: 'metadata.name', reason: 'FieldValueTooLong' }]);
  });
});

describe('objects of built-in kinds', () => {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'x',
          ports: [{ containerPort: 80 }],
          resources: { requests: { cpu: 0.5, memory: '1Gi' } },
        },
      ],
    },
  };
  test.each<[string, string, JsonObject]>([
    [
      '',
      'Pod',
      {
        spec: { ...template.spec, tolerations: [{ operator: 'Exists' }] },
        status: { phase: 'Running', containerStatuses: [{ name: 'app' }] },
      },
    ],
    [
      '',
      'Service',
      {
        spec: {
          selector: { app: 'web' },
          ports: [
            { port: 80, targetPort: 'http' },
            { port: 443, targetPort: 8443 },
          ],
        },
      },
    ],
    ['', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }],
    [
      '',
      'Node',
      { spec: { podCIDR: '10.0.0.0/24' }, status: { nodeInfo: { kubeletVersion: 'v1' }, capacity: { pods: '110' } } },
    ],
    ['', 'Secret', { data: { a: 'YQ==' }, stringData: { b: 'c' } }],
    ['', 'ConfigMap', { data: { a: 'b' }, binaryData: { c: 'YQ==' } }],
    [
      '',
      'Event',
      { involvedObject: { kind: 'Pod', name: 'p' }, reason: 'Started', eventTime: '2026-01-01T00:00:00.000000Z' },
    ],
    [
      'apps',
      'Deployment',
      {
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template,
          strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
        },
      },
    ],
    [
      'discovery.k8s.io',
      'EndpointSlice',
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
        ports: [{ port: 80 }],
      },
    ],
    ['coordination.k8s.io', 'Lease', { spec: { holderIdentity: 'a', renewTime: '2026-01-01T00:00:00.000000Z' } }],
    [
      'apiextensions.k8s.io',
      'CustomResourceDefinition',
      {
        spec: {
          group: 'example.com',
          names: { kind: 'Widget', plural: 'widgets' },
          scope: 'Namespaced',
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              subresources: { status: {} },
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  properties: {
                    spec: {
                      type: 'object',
                      default: { a: [1] },
                      additionalProperties: { type: 'string' },
                      'x-kubernetes-validations': [{ rule: 'true' }],
                    },
                  },
                },
              },
            },
          ],
        },
      },
    ],
  ])('%s/%s: a full one loses nothing and is valid', (group, kind, content) => {
    const full = {
      apiVersion: group ? `${group}/v1` : 'v1',
      kind,
      metadata: { name: 'x', labels: { a: 'b' } },
      ...content,
    };
    const schema = builtIn(group, kind);
    expect(prune(full, schema)).toEqual({ object: full, unknownFields: [] });
    expect(validate(applyDefaults(full, schema), schema)).toEqual([]);
  });

  test.each<[JsonObject, string]>([
    [
      { spec: { ports: [{ port: 0 }] } },
      'spec.ports[0].port: Invalid value: 0: spec.ports[0].port in body should be greater than or equal to 1',
    ],
    [
      { spec: { type: 'Balancer' } },
      'spec.type: Unsupported value: "Balancer": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [{ spec: { ports: [{}] } }, 'spec.ports[0].port: Required value'],
  ])('a Service with %j is refused', (content, expected) => {
    const errors = validate({ apiVersion: 'v1', kind: 'Service', ...content }, builtIn('', 'Service'));
    expect(errors.map(({ field, message }) => `${field}: ${message}`)).toEqual([expected]);
  });

  test('are unknown where Kubernetes has none', () => {
    expect(builtInSchema({ group: 'apps', version: 'v1beta1', kind: 'Deployment' })).toBeUndefined();
    expect(builtInSchema({ group: '', version: 'v1', kind: 'constructor' })).toBeUndefined();
  });
});
