/** Whoever meddles with our rows, they come back as they were, within a second; rows of others are left alone. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Table } from '../../../src/compile/ovn/row.ts';
import { type LooseRow, looseOperations } from '../../../src/controllers/targets/loose-rows.ts';
import { MEMBER_COLUMNS, ROOT_TABLES, TABLES, WRITTEN_COLUMNS } from '../../../src/controllers/targets/northbound.ts';
import { identityOf } from '../../../src/controllers/targets/row-identity.ts';
import type { Operation } from '../../../src/ovsdb/operations.ts';
import { serviceType } from '../../../src/resources/builtin/core.ts';
import { ovnSnatRuleKind } from '../../../src/resources/kubeovn/ovn-snat-rule.ts';
import { DataCenter } from '../../servers/data-center.ts';
import { until } from '../../until.ts';

import { applyDocument, endpointSlice } from './scenario.ts';

let dataCenter: DataCenter;

beforeAll(async () => {
  dataCenter = await DataCenter.start();
  await dataCenter.startControllers();
  await applyDocument(dataCenter);
  await dataCenter.apply(endpointSlice('shalb-demo', 'test-http-app', ['10.0.10.28']));
  await dataCenter.whenReady(serviceType, 'shalb-demo/test-http-app');
  await dataCenter.whenReady(ovnSnatRuleKind.type, 'shalb-demo-default');
  await dataCenter.whenReady(ovnSnatRuleKind.type, 'ovn-default');
  await dataCenter.idle();
});
afterAll(async () => {
  expect(dataCenter?.errors).toEqual([]);
  await dataCenter?.[Symbol.asyncDispose]();
});

const rowsOf = (table: Table): LooseRow[] => [
  ...(dataCenter.northbound.table(table).rows as unknown as ReadonlyMap<string, LooseRow>).values(),
];

/** Every row, with names in place of uuids. */
const contents = (): unknown => {
  const names = new Map<unknown, string>();
  for (const table of TABLES) {
    for (const row of rowsOf(table)) {
      const identity = identityOf(table, row);
      names.set(row._uuid, `${table} ${identity ? `${identity.owner} ${identity.key}` : `foreign ${row.name}`}`);
    }
  }
  const readable = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(item => names.get(item) ?? item).toSorted() : (names.get(value) ?? value);
  return TABLES.flatMap(table =>
    rowsOf(table).map(row => [
      names.get(row._uuid),
      Object.fromEntries(
        Object.entries(row).flatMap(([name, value]) => (name === '_uuid' ? [] : [[name, readable(value)]])),
      ),
    ]),
  ).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
};

const transact = async (operations: readonly Operation[]): Promise<void> => {
  expect(await dataCenter.northbound.transact(operations)).toMatchObject({ kind: 'committed' });
};

const isAsBefore = (before: unknown) => {
  const wanted = JSON.stringify(before);
  return () => JSON.stringify(contents()) === wanted;
};

/** Everything as it was, in a second. */
const healed = async (before: unknown): Promise<void> => {
  await until('the rows are as before', isAsBefore(before), 1_000).catch(() => expect(contents()).toEqual(before));
};

const outOf = (table: Table, row: LooseRow): Operation[] =>
  MEMBER_COLUMNS.filter(({ holds }) => holds === table).flatMap(({ of, column }) =>
    rowsOf(of)
      .filter(holder => (holder[column] as readonly string[]).includes(row._uuid))
      .map(holder => looseOperations.mutate(of, holder._uuid, [[column, 'delete', [row._uuid]]])),
  );

const written = TABLES.filter(table => table !== 'Address_Set');

/** A value that is surely another. */
const EDITS: Readonly<Partial<Record<Table, LooseRow | object>>> = {
  Logical_Router: { options: { chassis: 'elsewhere' }, load_balancer_group: [] },
  Logical_Router_Port: { mac: '02:00:00:00:00:99' },
  Logical_Router_Static_Route: { nexthop: '100.65.0.9' },
  Logical_Switch: { other_config: { exclude_ips: '10.0.10.9' }, load_balancer_group: [] },
  Logical_Switch_Port: { addresses: ['unknown'] },
  Gateway_Chassis: { priority: 77 },
  NAT: { external_ip: '100.65.0.99' },
  Load_Balancer: { vips: { '100.65.0.99:80': '10.0.10.99:80' } },
  Load_Balancer_Group: { load_balancer: [] },
};

describe.each(written.filter(table => EDITS[table]))('%s', table => {
  it('deleted by hand, is made again', async () => {
    const before = contents();
    for (const row of rowsOf(table)) {
      await transact([
        ...outOf(table, row),
        ...(ROOT_TABLES.has(table) ? [looseOperations.delete(table, row._uuid)] : []),
      ]);
      await healed(before);
      if (table === 'Logical_Router' || table === 'Logical_Switch') break;
    }
  });

  it('edited by hand, is put right', async () => {
    const before = contents();
    const [row] = rowsOf(table).filter(
      candidate => table !== 'Load_Balancer_Group' || listOf(candidate.load_balancer).length > 0,
    );
    if (!row) throw new Error(`there is no ${table}`);
    await transact([looseOperations.update(table, row._uuid, { ...(EDITS[table] as object) })]);
    await healed(before);
  });

  it('stripped of its stamp, is stamped again', async () => {
    const before = contents();
    const [row] = rowsOf(table);
    if (!row) throw new Error(`there is no ${table}`);
    const nameless = table === 'Load_Balancer_Group' ? { name: 'nobody' } : { external_ids: {} };
    await transact([looseOperations.update(table, row._uuid, nameless)]);
    await healed(before);
  });
});

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

it('leaves foreign rows alone, in our routers and switches too', async () => {
  const [router] = rowsOf('Logical_Router').filter(row => row.name === 'shalb-demo');
  const [logicalSwitch] = rowsOf('Logical_Switch').filter(row => row.name === 'shalb-demo-default');
  if (!router || !logicalSwitch) throw new Error('the project is missing');
  await transact([
    looseOperations.insert(
      'Logical_Router_Static_Route',
      { ip_prefix: '10.77.0.0/16', nexthop: '10.0.10.77' },
      'route',
    ),
    looseOperations.mutate('Logical_Router', router._uuid, [['static_routes', 'insert', [{ named: 'route' }]]]),
    looseOperations.insert('Logical_Switch_Port', { name: 'by-hand', addresses: ['unknown'] }, 'port'),
    looseOperations.mutate('Logical_Switch', logicalSwitch._uuid, [['ports', 'insert', [{ named: 'port' }]]]),
    looseOperations.insert('Logical_Router', { name: 'by-hand' }, 'router'),
    looseOperations.insert('Load_Balancer', { name: 'by-hand', vips: { '1.2.3.4:80': '' } }, 'balancer'),
  ]);
  const before = contents();
  const mine = JSON.stringify(before).includes('by-hand');
  expect(mine).toBe(true);
  await dataCenter.stopControllers();
  await dataCenter.startControllers();
  await dataCenter.idle();
  expect(contents()).toEqual(before);
  expect(dataCenter.writes.rows).toBe(0);
});

it('has no row left in a table that it is not tested on', () => {
  const untested = written.filter(table => !EDITS[table] && rowsOf(table).length > 0);
  expect(untested).toEqual([]);
  expect(Object.keys(WRITTEN_COLUMNS)).toEqual(expect.arrayContaining([...written]));
});
