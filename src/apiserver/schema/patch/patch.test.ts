import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtInSchema } from '../built-in.ts';
import type { JsonObject, JsonValue } from '../types.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicMergePatch } from './strategic-merge.ts';

describe('JSON merge patch', () => {
  /** RFC 7386, appendix A. */
  test.each<[JsonValue, JsonValue, JsonValue]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });

  const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;

  test('applied twice is applied once, and changes neither argument', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
        expect(JSON.stringify([target, patch])).toBe(before);
      }),
    );
  });

  test('pollutes no prototype', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.hasOwn(merged as object, '__proto__')).toBe(true);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('JSON patch', () => {
  const target = { spec: { ports: [{ port: 80 }] }, a: 1 };

  test('applies its operations one after another', () => {
    const operations = [
      { op: 'test', path: '/a', value: 1 },
      { op: 'add', path: '/spec/ports/-', value: { port: 443 } },
      { op: 'move', from: '/a', path: '/b' },
      { op: 'replace', path: '/spec/ports/0/port', value: 81 },
    ];
    const result = jsonPatch(target, operations);
    expect(result).toEqual({ kind: 'patched', value: { spec: { ports: [{ port: 81 }, { port: 443 }] }, b: 1 } });
    expect(target).toEqual({ spec: { ports: [{ port: 80 }] }, a: 1 });
  });

  test('may replace the whole document', () => {
    expect(jsonPatch(target, [{ op: 'replace', path: '', value: {} }])).toEqual({ kind: 'patched', value: {} });
  });

  test.each<[string, 'invalid' | 'unprocessable', JsonValue, string]>([
    ['no list', 'invalid', {}, 'must be a list of operations'],
    [
      'an unknown operation',
      'invalid',
      [{ op: 'frob', path: '/a' }],
      'operation 0 of the JSON patch: unknown op "frob"',
    ],
    ['a path that is no pointer', 'invalid', [{ op: 'remove', path: 'a' }], 'path must be a JSON pointer'],
    ['a missing value', 'invalid', [{ op: 'add', path: '/a' }], 'add needs "value"'],
    ['a missing from', 'invalid', [{ op: 'copy', path: '/a' }], 'copy needs "from"'],
    ['a path that is not there', 'unprocessable', [{ op: 'remove', path: '/x/y' }], 'remove "/x/y": no such path'],
    ['a failed test', 'unprocessable', [{ op: 'test', path: '/a', value: 2 }], 'test failed: the value at "/a"'],
    ['an index past the end', 'unprocessable', [{ op: 'add', path: '/spec/ports/7', value: 1 }], 'add "/spec/ports/7"'],
  ])('refuses %s', (_, kind, operations, message) => {
    expect(jsonPatch(target, operations)).toEqual({ kind, message: expect.stringContaining(message) });
  });
});

describe('strategic merge patch', () => {
  const schema = builtInSchema({ group: '', version: 'v1', kind: 'Pod' });
  if (!schema) throw new Error('Pod is built in');
  const pod: JsonObject = {
    metadata: { labels: { app: 'web' }, finalizers: ['a', 'b'] },
    spec: {
      containers: [
        { name: 'app', image: 'x', args: ['1'], env: [{ name: 'A', value: '1' }] },
        { name: 'proxy', image: 'p' },
      ],
      volumes: [{ name: 'data', emptyDir: {} }],
      tolerations: [{ key: 'a' }],
    },
  };
  const at = (patch: JsonObject): unknown => {
    const result = strategicMergePatch(pod, patch, schema);
    return result.kind === 'patched' ? result.value : result.message;
  };

  test.each<[string, JsonObject, object]>([
    [
      'merges list items by their key',
      { spec: { containers: [{ name: 'app', image: 'y' }] } },
      { spec: { containers: [{ name: 'app', image: 'y', args: ['1'] }, { name: 'proxy' }] } },
    ],
    ['replaces atomic lists', { spec: { tolerations: [{ key: 'b' }] } }, { spec: { tolerations: [{ key: 'b' }] } }],
    [
      'puts new values first into merging lists',
      { metadata: { finalizers: ['c'] } },
      { metadata: { finalizers: ['c', 'a', 'b'] } },
    ],
    [
      'deletes an item',
      { spec: { containers: [{ name: 'proxy', $patch: 'delete' }] } },
      { spec: { containers: [{ name: 'app' }] } },
    ],
    [
      'replaces a list',
      { spec: { containers: [{ name: 'new' }, { $patch: 'replace' }] } },
      { spec: { containers: [{ name: 'new' }] } },
    ],
    [
      'replaces a map',
      { metadata: { labels: { $patch: 'replace', tier: 'x' } } },
      { metadata: { labels: { tier: 'x' } } },
    ],
    [
      'deletes values',
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
      { metadata: { finalizers: ['b'] } },
    ],
    [
      'orders items',
      { spec: { '$setElementOrder/containers': [{ name: 'proxy' }, { name: 'app' }] } },
      { spec: { containers: [{ name: 'proxy' }, { name: 'app' }] } },
    ],
    [
      'keeps only retained keys',
      { spec: { volumes: [{ name: 'data', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/' } }] } },
      { spec: { volumes: [{ name: 'data', hostPath: { path: '/' } }] } },
    ],
    [
      'stores neither directives nor nulls of what is new',
      { spec: { containers: [{ name: 'new', image: null, env: [{ name: 'A', $patch: 'delete' }] }] } },
      { spec: { containers: [{ name: 'new', env: [] }, { name: 'app' }, { name: 'proxy' }] } },
    ],
  ])('%s', (_, patch, expected) => {
    expect(at(patch)).toMatchObject(expected);
  });

  test('deletes with null, and what it deletes is gone', () => {
    expect(at({ spec: null, metadata: { labels: null } })).toEqual({ metadata: { finalizers: ['a', 'b'] } });
    expect(at({ spec: { volumes: [{ name: 'data', $patch: 'delete' }] } })).toMatchObject({ spec: { volumes: [] } });
    expect(at({ spec: { volumes: [{ name: 'data', $retainKeys: ['name'] }] } })).toMatchObject({
      spec: { volumes: [{ name: 'data' }] },
    });
  });

  test.each<[JsonObject, string]>([
    [{ spec: { containers: [{ image: 'x' }] } }, 'does not contain declared merge key: name'],
    [{ metadata: { labels: { $patch: 'frob' } } }, 'unknown patch type: "frob"'],
    [
      { spec: { containers: [{ name: 'z' }], '$setElementOrder/containers': [{ name: 'app' }] } },
      "doesn't match $setElementOrder",
    ],
    [{ metadata: { labels: { $retainKeys: ['a'], b: 'x' } } }, '$retainKeys does not list "b"'],
    [{ metadata: { '$deleteFromPrimitiveList/finalizers': 'a' } }, 'must be a list'],
  ])('refuses %j', (patch, message) => {
    expect(at(patch)).toContain(message);
  });

  test('changes neither the object nor the patch', () => {
    const patch = { spec: { containers: [{ name: 'app', $patch: 'delete' }] }, metadata: { finalizers: ['z'] } };
    const before = JSON.stringify([pod, patch]);
    at(patch);
    expect(JSON.stringify([pod, patch])).toBe(before);
  });
});
