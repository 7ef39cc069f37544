import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff } from './diff.ts';
import type { Piece } from './piece.ts';

const changed = (desired: number, observed: number): true | undefined => (desired === observed ? undefined : true);

const pieces = (record: Readonly<Record<string, number>>): Piece<number>[] =>
  Object.entries(record).map(([key, value]) => ({ key, value }));

describe('diff', () => {
  it.each([
    ['nothing for equal sides', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ['a create for what is missing', { a: 1 }, {}, ['create a']],
    ['a delete for what is not wanted', {}, { a: 1 }, ['delete a']],
    ['an update for what differs', { a: 1 }, { a: 2 }, ['update a']],
    [
      'wanted things in order, then deletes in reverse',
      { c: 1, a: 1 },
      { x: 1, y: 1 },
      ['create c', 'create a', 'delete y', 'delete x'],
    ],
  ])('gives %s', (_, desired, observed, expected) => {
    const operations = diff(pieces(desired), pieces(observed), changed);
    expect(operations.map(({ kind, key }) => `${kind} ${key}`)).toEqual(expected);
  });

  it('deletes the copy of a piece that is held twice', () => {
    const observed = [...pieces({ a: 1 }), { key: 'a', value: 7 }];
    expect(diff(pieces({ a: 1 }), observed, changed)).toEqual([{ kind: 'delete', key: 'a', observed: 7 }]);
  });

  it('refuses two wanted pieces of one key', () => {
    expect(() => diff([...pieces({ a: 1 }), ...pieces({ a: 2 })], [], changed)).toThrow(
      'two desired pieces have the key a',
    );
  });

  it('leads from any state to any other, and is then empty', () => {
    const state = fc.dictionary(fc.string(), fc.integer());
    fc.assert(
      fc.property(state, state, (desired, observed) => {
        const held = new Map(Object.entries(observed));
        for (const operation of diff(pieces(desired), pieces(observed), changed)) {
          if (operation.kind === 'delete') held.delete(operation.key);
          else held.set(operation.key, operation.desired);
        }
        expect(diff(pieces(desired), pieces(Object.fromEntries(held)), changed)).toEqual([]);
        expect(held.size).toBe(Object.keys(desired).length);
      }),
    );
  });
});
