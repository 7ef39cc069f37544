import { describe, expect, test } from 'vitest';
import { applyDefaults } from './defaults.ts';
import { builtIn, object, struct, widget } from './fixtures.ts';
import { prune } from './prune.ts';
import type { JsonObject, JsonValue } from './types.ts';

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
      { maybe: null, deep: null },
      { a: 'x', deep: { b: 1 }, nothing: 'x' },
    ],
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
