import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtInSchema } from '../built-in.ts';
import type { JsonObject } from '../types.ts';
import { applyServerSide } from './apply.ts';
import { applied, apply, object, owners, specOf, time, updated, widget } from './fixtures.ts';
import { trackUpdate } from './update.ts';

describe('server-side apply', () => {
  test('creates the object and owns what it says, but for name and type', () => {
    const live = applied('a', undefined, { replicas: 1 });
    expect(live).toEqual(
      object(
        { replicas: 1 },
        {
          metadata: {
            name: 'w',
            namespace: 'default',
            managedFields: [
              {
                manager: 'a',
                operation: 'Apply',
                apiVersion: 'example.com/v1',
                time,
                fieldsType: 'FieldsV1',
                fieldsV1: { 'f:spec': { 'f:replicas': {} } },
              },
            ],
          },
        },
      ),
    );
  });

  test('refuses to change what another owns, in the words of Kubernetes', () => {
    const live = updated('kubectl-client-side-apply', undefined, object({ replicas: 1 }));
    expect(apply('me', live, { replicas: 2 })).toMatchObject({
      kind: 'conflict',
      message:
        'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using example.com/v1: .spec.replicas',
      causes: [
        {
          reason: 'FieldManagerConflict',
          message: 'conflict with "kubectl-client-side-apply" using example.com/v1',
          field: '.spec.replicas',
        },
      ],
    });
  });

  test('lists several conflicts by manager', () => {
    const first = applied('a', undefined, { items: [{ name: 'x', value: '1' }], ports: [{ port: 80 }] });
    const live = updated('b', first, { ...first, spec: { ...specOf(first), replicas: 1, tags: ['on'] } });
    const result = apply('me', live, { replicas: 2, items: [{ name: 'x', value: '2' }] });
    expect(result).toMatchObject({
      kind: 'conflict',
      message: [
        'Apply failed with 2 conflicts: conflicts with "a":',
        '- .spec.items[name="x"].value',
        'conflicts with "b" using example.com/v1:',
        '- .spec.replicas',
      ].join('\n'),
    });
  });

  test('takes fields by force', () => {
    const live = applied('a', undefined, { replicas: 1, image: 'x' });
    const next = applied('b', live, { replicas: 2 }, { force: true });
    expect(specOf(next)).toEqual({ replicas: 2, image: 'x' });
    expect(owners(next)).toEqual({ 'a/Apply': { 'f:image': {} }, 'b/Apply': { 'f:replicas': {} } });
  });

  test('shares a field that two apply with the same value, until both let go', () => {
    const shared = applied('b', applied('a', undefined, { replicas: 1, image: 'x' }), { replicas: 1 });
    expect(owners(shared)).toMatchObject({ 'a/Apply': { 'f:replicas': {} }, 'b/Apply': { 'f:replicas': {} } });
    const one = applied('a', shared, { image: 'x' });
    expect(specOf(one)).toEqual({ replicas: 1, image: 'x' });
    expect(specOf(applied('b', one, {}))).toEqual({ image: 'x' });
  });

  const removals: [string, JsonObject, JsonObject, JsonObject][] = [
    ['a field', { replicas: 1, image: 'x' }, { image: 'x' }, { image: 'x' }],
    [
      'an item of a map list',
      { items: [{ name: 'x' }, { name: 'y' }] },
      { items: [{ name: 'y' }] },
      { items: [{ name: 'y' }] },
    ],
    ['an item of a set', { tags: ['a', 'b'] }, { tags: ['b'] }, { tags: ['b'] }],
    ['a key of a map', { options: { a: '1', b: '2' } }, { options: { b: '2' } }, { options: { b: '2' } }],
    ['a whole struct', { items: [{ name: 'x', value: '1' }] }, { replicas: 1 }, { replicas: 1 }],
    ['part of an atomic map', { selector: { a: '1', b: '2' } }, { selector: { b: '2' } }, { selector: { b: '2' } }],
  ];
  test.each(removals)('takes out %s that is not applied any more', (_, before, after, expected) => {
    expect(specOf(applied('a', applied('a', undefined, before), after))).toEqual(expected);
  });

  test('leaves what others put into the same lists and maps, but not into an item that only the applier owned', () => {
    const mine = applied('a', undefined, { items: [{ name: 'x', value: '1' }], options: { a: '1' }, tags: ['a'] });
    const both = updated('b', mine, {
      ...mine,
      spec: {
        items: [{ name: 'x', value: '1', other: 'o' }, { name: 'y' }],
        options: { a: '1', b: '2' },
        tags: ['a', 'b'],
      },
    });
    expect(specOf(applied('a', both, {}))).toEqual({
      items: [{ name: 'y' }],
      options: { b: '2' },
      tags: ['b'],
    });
  });

  const merges: [string, JsonObject, JsonObject, JsonObject][] = [
    [
      'items by their keys, with the default of a key that is left out',
      {
        ports: [
          { port: 80, protocol: 'TCP' },
          { port: 53, protocol: 'UDP' },
        ],
      },
      { ports: [{ port: 53, protocol: 'UDP' }, { port: 80 }] },
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 80, protocol: 'TCP' },
        ],
      },
    ],
    ['new items after those before them', { tags: ['a', 'z'] }, { tags: ['a', 'b'] }, { tags: ['a', 'z', 'b'] }],
    ['atomic lists not at all', { replicas: 1 }, { args: ['x'] }, { replicas: 1, args: ['x'] }],
    [
      'free-form fields one by one',
      { free: { a: { b: 1 } } },
      { free: { a: { c: [1] } } },
      { free: { a: { b: 1, c: [1] } } },
    ],
  ];
  test.each(merges)('merges %s', (_, live, next, expected) => {
    expect(specOf(applied('b', updated('a', undefined, object(live)), next))).toEqual(expected);
  });

  test.each([
    [{ foo: 1 }, '.spec.foo: field not declared in schema'],
    [{ replicas: 'x' }, '.spec.replicas: expected numeric (int or float), got string'],
    [{ image: 1 }, '.spec.image: expected string, got 1'],
    [{ tags: ['a', 'a'] }, '.spec.tags: duplicate entries for key [="a"]'],
    [
      { items: [{ value: 'x' }] },
      '.spec.items: element 0: associative list with keys has an element that omits all key fields ["name"]',
    ],
    [{ tags: {} }, '.spec.tags: expected list, got {}'],
  ])('refuses %j', (spec, problem) => {
    const result = apply('a', undefined, spec as JsonObject);
    expect(result.kind === 'invalid' && result.message).toContain(problem);
  });

  test('refuses managedFields in the configuration', () => {
    const result = apply('a', undefined, {}, { applied: object({}, { metadata: { managedFields: [] } }) });
    expect(result).toEqual({ kind: 'invalid', message: 'metadata.managedFields must be nil' });
  });

  test('keeps status and the rest apart', () => {
    const live = applied('a', undefined, { replicas: 1 });
    const withStatus = object({ replicas: 5 }, { status: { ready: true } });
    const result = apply('ctl', live, {}, { applied: withStatus, subresource: 'status' });
    expect(result.kind === 'applied' && owners(result.object)).toEqual({
      'a/Apply': { 'f:replicas': {} },
      'ctl/Apply/status': { 'f:status': { 'f:ready': {} } },
    });
    const spec = apply('b', live, {}, { applied: object({ image: 'x' }, { status: { ready: true } }) });
    expect(spec.kind === 'applied' && owners(spec.object)['b/Apply']).toEqual({ 'f:image': {} });
  });

  test('gives fields from before the first apply an owner', () => {
    const result = apply('a', object({ replicas: 1 }), { replicas: 2 });
    expect(result).toMatchObject({ message: expect.stringContaining('"before-first-apply" using example.com/v1') });
  });

  test('drops a manager that owns nothing any more', () => {
    expect(owners(applied('b', applied('a', undefined, { replicas: 1 }), { replicas: 2 }, { force: true }))).toEqual({
      'b/Apply': { 'f:replicas': {} },
    });
  });

  test('takes over as a whole what has become atomic', () => {
    const live = applied('a', undefined, { options: { a: '1' } });
    const root = structuredClone(widget.root);
    Object.assign(root.properties?.spec?.properties?.options ?? {}, { 'x-kubernetes-map-type': 'atomic' });
    const result = apply('a', live, { options: { b: '1' } }, { schema: { ...widget, root } });
    expect(result.kind === 'applied' && specOf(result.object)).toEqual({ options: { b: '1' } });
  });

  const word = fc.constantFrom('a', 'b', 'c');
  /** Without empty sets and map lists: nobody owns those, so they stay. */
  const spec = fc.record(
    {
      replicas: fc.nat(2),
      args: fc.array(word, { maxLength: 2 }),
      tags: fc.uniqueArray(word, { minLength: 1 }),
      items: fc.uniqueArray(fc.record({ name: word, value: word }), { minLength: 1, selector: ({ name }) => name }),
      options: fc.dictionary(word, word, { noNullPrototype: true }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );

  test('applied twice changes nothing the second time', () => {
    fc.assert(
      fc.property(spec, spec, (before, next) => {
        const live = updated('other', undefined, object(before));
        const once = applied('me', live, next, { force: true });
        expect(apply('me', once, next)).toEqual({ kind: 'applied', object: once, changed: false });
      }),
    );
  });

  test('applied and taken back leaves no trace', () => {
    fc.assert(
      fc.property(spec, next => {
        const live = updated('other', undefined, object({ image: 'x' }));
        const { spec: _, ...nothing } = object({});
        expect(applied('me', applied('me', live, next), {}, { applied: nothing })).toEqual(live);
      }),
    );
  });
});

test('built-in kinds merge by their patch strategies and keys', () => {
  const schema = builtInSchema({ group: '', version: 'v1', kind: 'Service' });
  if (!schema) throw new Error('Service is built in');
  const service = (spec: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec,
  });
  const live = trackUpdate({
    updated: service({ ports: [{ port: 80, protocol: 'TCP', nodePort: 30000 }] }),
    schema,
    manager: 'a',
    time,
  });
  const result = applyServerSide({
    live,
    applied: service({ ports: [{ port: 80, name: 'http' }] }),
    schema,
    manager: 'b',
    force: false,
    time,
  });
  expect(result.kind === 'applied' && specOf(result.object)).toEqual({
    ports: [{ port: 80, protocol: 'TCP', nodePort: 30000, name: 'http' }],
  });
});
