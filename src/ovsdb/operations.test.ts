import { expect, test } from 'vitest';
import { newCounters, writeOperations } from './counters.ts';
import { nbDatabase } from './generated/ovn-nb.ts';
import { assert, comment, named, type Operation, Operations } from './operations.ts';
import { parseServerSchema } from './server-schema.ts';
import { countTransaction, fitToServer, transactResult } from './transaction.ts';
import type { Uuid } from './values.ts';

const nb = new Operations(nbDatabase);
const uuid = '6c57d1ad-4b4c-4a27-a0c8-4d5e0f4d0d0c' as Uuid;
const byUuid = [['_uuid', '==', ['uuid', uuid]]];

test.each<[string, Operation, object]>([
  [
    'insert',
    nb.insert(
      'Logical_Router',
      { name: 'vpc', ports: [uuid, named('p')], enabled: undefined, options: { a: 'b' } },
      'r',
    ),
    {
      op: 'insert',
      table: 'Logical_Router',
      'uuid-name': 'r',
      row: {
        name: 'vpc',
        ports: [
          'set',
          [
            ['uuid', uuid],
            ['named-uuid', 'p'],
          ],
        ],
        enabled: ['set', []],
        options: ['map', [['a', 'b']]],
      },
    },
  ],
  [
    'insert without a name',
    nb.insert('DNS', { records: {} }),
    { op: 'insert', table: 'DNS', row: { records: ['map', []] } },
  ],
  [
    'update of one row',
    nb.update('NAT', uuid, { gateway_port: uuid }),
    { op: 'update', table: 'NAT', where: byUuid, row: { gateway_port: ['uuid', uuid] } },
  ],
  [
    'mutate of rows that meet a condition',
    nb.mutate(
      'Load_Balancer',
      [['external_ids', 'includes', { owner: 'x' }]],
      [
        ['vips', 'delete', ['1.2.3.4:80']],
        ['vips', 'insert', { '1.2.3.4:81': '' }],
        ['options', 'delete', { hairpin: 'true' }],
      ],
    ),
    {
      op: 'mutate',
      table: 'Load_Balancer',
      where: [['external_ids', 'includes', ['map', [['owner', 'x']]]]],
      mutations: [
        ['vips', 'delete', ['set', ['1.2.3.4:80']]],
        ['vips', 'insert', ['map', [['1.2.3.4:81', '']]]],
        ['options', 'delete', ['map', [['hairpin', 'true']]]],
      ],
    },
  ],
  [
    'mutate of a number',
    nb.mutate('NB_Global', [], [['nb_cfg', '+=', 1]]),
    { op: 'mutate', table: 'NB_Global', where: [], mutations: [['nb_cfg', '+=', 1]] },
  ],
  [
    'delete of a row of this transaction',
    nb.delete('NAT', named('n')),
    { op: 'delete', table: 'NAT', where: [['_uuid', '==', ['named-uuid', 'n']]] },
  ],
  [
    'wait',
    nb.wait('NAT', uuid, [{ logical_ip: '10.0.0.1' }], { until: '!=', timeoutMs: 5 }),
    {
      op: 'wait',
      table: 'NAT',
      where: byUuid,
      columns: ['logical_ip'],
      until: '!=',
      rows: [{ logical_ip: '10.0.0.1' }],
      timeout: 5,
    },
  ],
  [
    'wait for no row',
    nb.wait('NAT', uuid, []),
    { op: 'wait', table: 'NAT', where: byUuid, columns: ['_uuid'], until: '==', rows: [], timeout: 0 },
  ],
  ['comment', comment('why'), { op: 'comment', comment: 'why' }],
  ['assert', assert('lead'), { op: 'assert', lock: 'lead' }],
])('%s', (_case, operation, wire) => expect(operation).toEqual(wire));

test('columns that the server lacks are left out, tables are not', () => {
  const schema = parseServerSchema({ tables: { NAT: { columns: { type: { type: 'string' } } } } });
  const fitted = (operation: Operation) => fitToServer(operation, schema);
  expect(fitted(nb.insert('NAT', { type: 'snat', priority: 1 }))).toMatchObject({ row: { type: 'snat' } });
  expect(fitted(nb.update('NAT', uuid, { priority: 1 }))).toEqual({
    op: 'update',
    table: 'NAT',
    where: byUuid,
    row: {},
  });
  expect(fitted(nb.mutate('NAT', uuid, [['options', 'delete', ['a']]]))).toMatchObject({ mutations: [] });
  expect(fitted(nb.delete('NAT', uuid))).toEqual(nb.delete('NAT', uuid));
  expect(fitted(nb.insert('DNS', { records: {} }))).toEqual(nb.insert('DNS', { records: {} }));
});

test('writes are counted by kind', () => {
  const counters = newCounters();
  countTransaction(counters, [comment('x'), nb.insert('DNS', {}), nb.insert('DNS', {}), nb.delete('DNS', uuid)]);
  countTransaction(counters, [nb.wait('DNS', uuid, []), nb.update('DNS', uuid, {})]);
  expect(counters).toMatchObject({ transactions: 2, inserts: 2, deletes: 1, updates: 1, mutates: 0 });
  expect(writeOperations(counters)).toBe(4);
});

test.each([
  [
    [{ uuid: ['uuid', uuid] }, { count: 2 }, {}],
    { kind: 'committed', inserted: [uuid, undefined, undefined], counts: [undefined, 2, undefined] },
  ],
  [
    [{}, { error: 'timed out', details: 'd' }, null],
    { kind: 'refused', reason: 'timed out', details: 'd', operation: 1 },
  ],
  [
    [{}, {}, {}, { error: 'constraint violation' }],
    { kind: 'refused', reason: 'constraint violation', details: '', operation: undefined },
  ],
])('the answer %j', (result, expected) => {
  expect(transactResult({ kind: 'result', result }, 3)).toEqual(expected);
});

test('an answer that refuses the request as a whole', () => {
  expect(transactResult({ kind: 'error', error: { error: 'unknown database', details: 'x' } }, 1)).toEqual({
    kind: 'refused',
    reason: 'unknown database',
    details: 'x',
    operation: undefined,
  });
  expect(transactResult({ kind: 'error', error: 'canceled' }, 1)).toMatchObject({
    kind: 'refused',
    reason: 'canceled',
  });
});
