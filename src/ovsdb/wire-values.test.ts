import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnType, ColumnValue } from './values.ts';
import { applyDifference, decodeValue, defaultValue, encodeValue, sameValue, type WireValue } from './wire-values.ts';

const scalar = { kind: 'scalar', key: 'string' } as const;
const optional = { kind: 'optional', key: 'integer' } as const;
const set = { kind: 'set', key: 'string' } as const;
const uuids = { kind: 'set', key: 'uuid' } as const;
const map = { kind: 'map', key: 'string', value: 'string' } as const;
const queues = { kind: 'map', key: 'integer', value: 'uuid' } as const;

describe('decoding', () => {
  test.each<[string, ColumnType, WireValue, ColumnValue]>([
    ['scalar', scalar, 'x', 'x'],
    ['UUID', { kind: 'scalar', key: 'uuid' }, ['uuid', 'u1'], 'u1'],
    ['optional', optional, 5, 5],
    ['optional, absent', optional, ['set', []], undefined],
    ['optional UUID', { kind: 'optional', key: 'uuid' }, ['uuid', 'u1'], 'u1'],
    ['set', set, ['set', ['a', 'b']], ['a', 'b']],
    ['set of one', set, 'a', ['a']],
    ['set of one UUID', uuids, ['uuid', 'u1'], ['u1']],
    [
      'set of UUIDs',
      uuids,
      [
        'set',
        [
          ['uuid', 'u1'],
          ['uuid', 'u2'],
        ],
      ],
      ['u1', 'u2'],
    ],
    ['map', map, ['map', [['k', 'v']]], { k: 'v' }],
    ['map of numbers to UUIDs', queues, ['map', [[3, ['uuid', 'u1']]]], { 3: 'u1' }],
  ])('%s', (_case, type, wire, value) => expect(decodeValue(wire, type)).toEqual(value));

  test('a key "__proto__" is a key like any other', () => {
    const value = decodeValue(['map', [['__proto__', 'v']]], map);
    expect(Object.entries(value as object)).toEqual([['__proto__', 'v']]);
  });
});

test.each<[ColumnType, ColumnValue]>([
  [scalar, ''],
  [{ kind: 'scalar', key: 'boolean' }, false],
  [optional, undefined],
  [set, []],
  [map, {}],
])('the default of %o', (type, value) => expect(defaultValue(type)).toEqual(value));

test('a row of the same transaction is referred to by its name', () => {
  expect(encodeValue([{ named: 'port' }], uuids)).toEqual(['set', [['named-uuid', 'port']]]);
});

test('what is encoded is decoded to the same', () => {
  const values = fc.oneof(
    fc.tuple(fc.constant<ColumnType>(scalar), fc.string()),
    fc.tuple(fc.constant<ColumnType>(optional), fc.option(fc.integer(), { nil: undefined })),
    fc.tuple(fc.constant<ColumnType>(uuids), fc.uniqueArray(fc.uuid())),
    fc.tuple(fc.constant<ColumnType>(map), fc.dictionary(fc.string(), fc.string())),
    fc.tuple(fc.constant<ColumnType>(queues), fc.dictionary(fc.nat().map(String), fc.uuid())),
  );
  fc.assert(
    fc.property(values, ([type, value]) => {
      const decoded = decodeValue(JSON.parse(JSON.stringify(encodeValue(value, type))), type);
      expect(sameValue(decoded, value)).toBe(true);
    }),
  );
});

describe('differences of update2', () => {
  test.each<[string, ColumnType, ColumnValue, WireValue, ColumnValue]>([
    ['a scalar is replaced', scalar, 'a', 'b', 'b'],
    ['an optional is replaced', optional, 4, 5, 5],
    ['an optional goes', optional, 4, ['set', []], undefined],
    ['elements come and go, in order', set, ['a', 'c'], ['set', ['a', 'b']], ['b', 'c']],
    ['numbers are in order of size', { kind: 'set', key: 'integer' }, [9, 10], ['set', [2]], [2, 9, 10]],
    [
      'pairs come, change and go',
      map,
      { a: '1', b: '2' },
      [
        'map',
        [
          ['a', '1'],
          ['b', '3'],
          ['c', '4'],
        ],
      ],
      { b: '3', c: '4' },
    ],
  ])('%s', (_case, type, before, difference, after) => {
    expect(applyDifference(before, difference, type)).toEqual(after);
  });
});

test.each<[ColumnValue, ColumnValue, boolean]>([
  ['a', 'a', true],
  ['a', undefined, false],
  [['a'], ['a'], true],
  [['a'], ['b'], false],
  [['a'], [], false],
  [{ a: '1' }, { a: '1' }, true],
  [{ a: '1' }, { a: '2' }, false],
  [{ a: '1' }, { a: '1', b: '2' }, false],
  [{}, [], false],
])('%o and %o', (a, b, same) => expect(sameValue(a, b)).toBe(same));
