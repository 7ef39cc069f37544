import { describe, expect, it } from 'vitest';
import { differences, valueAt } from './differences.ts';

describe('differences', () => {
  it.each<[string, unknown, unknown, string[]]>([
    ['nothing where the object holds more', { a: 1 }, { a: 1, b: 2 }, []],
    ['a value', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b is 2, expected 1']],
    ['a missing field', { a: { b: 1 } }, {}, ['a is not there, expected {"b":1}']],
    ['every difference', { a: 1, b: 2 }, { a: 3, b: 4 }, ['a is 3, expected 1', 'b is 4, expected 2']],
    ['a list of another length', { a: [1] }, { a: [1, 2] }, ['a has 2 entries, expected 1: [1,2]']],
    ['an entry of a list', { a: [{ b: 1 }] }, { a: [{ b: 2, c: 3 }] }, ['a[0].b is 2, expected 1']],
    ['no list', { a: [] }, { a: {} }, ['a is {}, expected a list']],
    ['text that looks like a number', { a: '1' }, { a: 1 }, ['a is 1, expected "1"']],
    ['null, which is not absence', { a: null }, {}, ['a is not there, expected null']],
  ])('finds %s', (_, expected, actual, found) => {
    expect(differences(expected, actual)).toEqual(found);
  });
});

describe('valueAt', () => {
  it('follows a dotted path as far as there are objects', () => {
    expect(valueAt({ a: { b: 'c' } }, 'a.b')).toBe('c');
    expect(valueAt({ a: 'b' }, 'a.b')).toBeUndefined();
  });
});
