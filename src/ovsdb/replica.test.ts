import { expect, test } from 'vitest';
import { ProtocolError } from './errors.ts';
import { Replica, type RowUpdate } from './replica.ts';
import type { Identified } from './table.ts';
import type { TableColumns, Uuid } from './values.ts';

interface Item extends Identified {
  readonly name: string;
  readonly tags: readonly string[];
}

const columns: TableColumns = { name: { kind: 'scalar', key: 'string' }, tags: { kind: 'set', key: 'string' } };
const id = (name: string) => name as Uuid;

/** An update of table Item, as a monitor would hand it over. */
const items = (tables: Record<string, RowUpdate>) => ({ tables: { Item: tables }, read: (row: RowUpdate) => row });
const whole = (name: string, ...tags: string[]): RowUpdate => ({ kind: 'whole', row: { name, tags: ['set', tags] } });

/** A replica with the rows a and b, and what its listeners are told from then on. */
function start() {
  const replica = new Replica<{ Item: Item }>(new Map([['Item', columns]]));
  replica.applySnapshot(items({ a: whole('A', 'x'), b: whole('B') }));
  const batches: unknown[][] = [];
  replica.onChange(changes =>
    batches.push(changes.map(({ uuid, before, after }) => [uuid, before?.name, after?.name])),
  );
  return { replica, table: replica.table('Item'), batches };
}

test('one update is one batch, told after all of it was applied', () => {
  const { replica, table, batches } = start();
  const sizes: number[] = [];
  replica.onChange(() => sizes.push(table.rows.size));
  replica.applyUpdate(
    items({
      a: { kind: 'difference', columns: { name: 'A2', tags: ['set', ['x', 'y']] } },
      b: { kind: 'deleted' },
      c: whole('C'),
    }),
  );
  expect(batches).toEqual([
    [
      ['a', 'A', 'A2'],
      ['b', 'B', undefined],
      ['c', undefined, 'C'],
    ],
  ]);
  expect(sizes).toEqual([2]);
  expect(table.get(id('a'))).toEqual({ _uuid: 'a', name: 'A2', tags: ['y'] });
});

test('a row that changes is another object; the old one stays as it was', () => {
  const { replica, table } = start();
  const before = table.get(id('a'));
  replica.applyUpdate(items({ a: { kind: 'difference', columns: { name: 'A2' } } }));
  expect(before?.name).toBe('A');
  expect(table.get(id('a'))?.tags).toBe(before?.tags);
});

test('of a second snapshot only differences are told, and equal rows stay the same objects', () => {
  const { replica, table, batches } = start();
  const a = table.get(id('a'));
  replica.applySnapshot(items({ a: whole('A', 'x'), c: whole('C') }));
  expect(batches).toEqual([
    [
      ['c', undefined, 'C'],
      ['b', 'B', undefined],
    ],
  ]);
  expect(table.get(id('a'))).toBe(a);
  replica.applySnapshot(items({ a: whole('A', 'x', 'y'), c: whole('C') }));
  expect(batches[1]).toEqual([['a', 'A', 'A']]);
});

test('a snapshot without a table empties it', () => {
  const { replica, table } = start();
  replica.applySnapshot({ tables: {}, read: (row: RowUpdate) => row });
  expect(table.rows.size).toBe(0);
});

test('nothing is told when nothing changed, or after unsubscribing', () => {
  const { replica, batches } = start();
  const more: unknown[] = [];
  replica.onChange(changes => more.push(changes))();
  replica.applySnapshot(items({ a: whole('A', 'x'), b: whole('B') }));
  replica.applyUpdate(items({}));
  expect(batches).toEqual([]);
  replica.applyUpdate(items({ b: { kind: 'deleted' } }));
  expect(more).toEqual([]);
});

test('an update that does not fit is refused whole', () => {
  const { replica, table, batches } = start();
  const misfit = items({ b: { kind: 'deleted' }, z: { kind: 'difference', columns: { name: 'Z' } } });
  expect(() => replica.applyUpdate(misfit)).toThrow(ProtocolError);
  expect(() => replica.applyUpdate({ tables: { Other: {} }, read: (row: RowUpdate) => row })).toThrow(ProtocolError);
  expect(table.rows.size).toBe(2);
  expect(batches).toEqual([]);
});

test('rows of a server with fewer columns lack them', () => {
  const { replica, table } = start();
  replica.useColumns(new Map([['Item', { name: { kind: 'scalar', key: 'string' } }]]));
  replica.applySnapshot(items({ a: { kind: 'whole', row: { name: 'A' } } }));
  expect(table.get(id('a'))).toEqual({ _uuid: 'a', name: 'A' });
});

test('an index follows its rows', () => {
  const { replica, table } = start();
  const byTag = table.addIndex(({ tags }) => tags);
  const tagged = (tag: string) => [...byTag.get(tag)].map(({ name }) => name);
  expect(tagged('x')).toEqual(['A']);
  replica.applyUpdate(
    items({ a: { kind: 'difference', columns: { tags: ['set', ['x', 'y']] } }, b: whole('B', 'y', 'z') }),
  );
  expect([tagged('x'), tagged('y').sort(), tagged('z')]).toEqual([[], ['A', 'B'], ['B']]);
  replica.applyUpdate(items({ b: { kind: 'deleted' } }));
  expect([...byTag.keys()]).toEqual(['y']);
});
