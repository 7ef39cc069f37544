import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { difference, emptySet, equal, has, intersection, isEmpty, paths, setOf, union } from './field-set.ts';
import { decodeFieldsV1, encodeFieldsV1 } from './fields-v1.ts';

const element = fc.constantFrom('f:spec', 'f:a', 'f:b', 'k:{"name":"x"}', 'v:"on"', 'v:3', 'i:0');
const path = fc.array(element, { minLength: 1, maxLength: 4 });
const set = fc.array(path, { maxLength: 8 }).map(setOf);

describe('field sets', () => {
  test('hold the paths put in, and no others', () => {
    fc.assert(
      fc.property(fc.array(path), path, (members, other) => {
        const built = setOf(members);
        const texts = new Set(members.map(String));
        expect(new Set([...paths(built)].map(String))).toEqual(texts);
        expect(has(built, other)).toBe(texts.has(String(other)));
      }),
    );
  });

  test('obey the laws of sets', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        expect(equal(union(a, b), union(b, a))).toBe(true);
        expect(equal(union(a, a), a)).toBe(true);
        expect(equal(union(difference(a, b), intersection(a, b)), a)).toBe(true);
        expect(isEmpty(intersection(difference(a, b), b))).toBe(true);
        expect(isEmpty(difference(a, a))).toBe(true);
        expect(equal(difference(a, emptySet), a)).toBe(true);
      }),
    );
  });

  test('difference keeps what is below a removed member', () => {
    const rest = difference(setOf([['f:a'], ['f:a', 'f:b']]), setOf([['f:a']]));
    expect([...paths(rest)]).toEqual([['f:a', 'f:b']]);
  });
});

describe('FieldsV1', () => {
  test('is read back as it was written', () => {
    fc.assert(fc.property(set, fields => equal(decodeFieldsV1(encodeFieldsV1(fields)), fields)));
  });

  test('marks a member that has members below with a dot', () => {
    const fields = setOf([['f:spec'], ['f:spec', 'f:replicas'], ['f:status', 'f:ready']]);
    expect(encodeFieldsV1(fields)).toEqual({
      'f:spec': { '.': {}, 'f:replicas': {} },
      'f:status': { 'f:ready': {} },
    });
  });

  test('knows an item however a client orders its keys', () => {
    const decoded = decodeFieldsV1({ 'k:{"protocol":"TCP","port":80}': {} });
    expect(has(decoded, ['k:{"port":80,"protocol":"TCP"}'])).toBe(true);
  });

  test.each([[{ 'x:a': {} }], [{ 'k:{': {} }], [{ 'k:[]': {} }], [{ 'i:one': {} }], [{ 'f:a': 1 }]])(
    'refuses %j',
    fields => {
      expect(() => decodeFieldsV1(fields)).toThrow(SyntaxError);
    },
  );
});
