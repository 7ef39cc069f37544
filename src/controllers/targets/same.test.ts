import { expect, it } from 'vitest';
import { covers, same } from './same.ts';

it.each([
  ['more fields', { a: 1, b: 2 }, { a: 1 }, true],
  ['a field that is missing', { b: 2 }, { a: 1 }, false],
  ['another value', { a: 1 }, { a: 2 }, false],
  ['nested fields', { a: { b: 1, c: 2 } }, { a: { b: 1 } }, true],
  ['a longer list', { a: [1, 2] }, { a: [1] }, false],
  ['a list in another order', { a: [1, 2] }, { a: [2, 1] }, false],
  ['a list whose items have more fields', { a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] }, true],
  ['a list in place of a record', [], {}, false],
  ['nothing at all', undefined, {}, false],
])('held has %s', (_, held, wanted, expected) => {
  expect(covers(held, wanted)).toBe(expected);
});

it.each([
  ['the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ['a field that is undefined', { a: 1, b: undefined }, { a: 1 }, true],
  ['a field more', { a: 1, b: 2 }, { a: 1 }, false],
  ['the order of a list', [1, 2], [2, 1], false],
  ['nested records', { a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1 }] } }, true],
])('two differ in %s', (_, a, b, expected) => {
  expect(same(a, b)).toBe(expected);
  expect(same(b, a)).toBe(expected);
});
