import { afterAll, beforeAll, expect, test } from 'vitest';
import { OvsdbClient } from '../../../src/ovsdb/client.ts';
import { nbDatabase } from '../../../src/ovsdb/generated/ovn-nb.ts';
import { comment, named, Operations } from '../../../src/ovsdb/operations.ts';
import { type OvsdbServer, schemas, startOvsdbServer } from '../../servers/ovsdb.ts';

const nb = new Operations(nbDatabase);
let server: OvsdbServer;
const connect = () =>
  new OvsdbClient({
    remotes: server.remote,
    database: nbDatabase,
    tables: { Logical_Router: 'all', Logical_Router_Port: 'all', NAT: 'all', Logical_Switch_Port: 'all', ACL: 'all' },
  });
let client: ReturnType<typeof connect>;

beforeAll(async () => {
  server = await startOvsdbServer({ schema: schemas.northbound });
  client = connect();
  await client.synchronised();
});

afterAll(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

/** Inserts a router and returns its identity. */
async function insertRouter(name: string) {
  const result = await client.transact([nb.insert('Logical_Router', { name })]);
  const uuid = result.kind === 'committed' ? result.inserted[0] : undefined;
  if (uuid === undefined) throw new Error(`no router: ${JSON.stringify(result)}`);
  return uuid;
}

test('the replica has a transaction when it is answered', async () => {
  const result = await client.transact([
    comment('a router with a port'),
    nb.insert(
      'Logical_Router_Port',
      { name: 'vpc-cloud', mac: '0a:00:00:00:00:01', networks: ['10.0.0.1/24'] },
      'port',
    ),
    nb.insert('Logical_Router', { name: 'vpc', ports: [named('port')], external_ids: { owner: 'Vpc//vpc' } }),
  ]);
  expect(result).toMatchObject({ kind: 'committed', inserted: [undefined, expect.any(String), expect.any(String)] });
  if (result.kind !== 'committed') return;
  const [, port, router] = result.inserted;
  expect(client.table('Logical_Router').get(router as NonNullable<typeof router>)).toEqual({
    _uuid: router,
    name: 'vpc',
    ports: [port],
    static_routes: [],
    policies: [],
    enabled: undefined,
    nat: [],
    load_balancer: [],
    load_balancer_group: [],
    copp: undefined,
    options: {},
    external_ids: { owner: 'Vpc//vpc' },
  });
});

test('updates, mutations and deletions reach the replica as they are', async () => {
  const uuid = await insertRouter('mutable');
  const row = () => client.table('Logical_Router').get(uuid);
  await client.transact([nb.update('Logical_Router', uuid, { options: { a: '1', b: '2' }, enabled: false })]);
  expect(row()).toMatchObject({ options: { a: '1', b: '2' }, enabled: false });
  await client.transact([
    nb.mutate('Logical_Router', uuid, [
      ['options', 'delete', ['a']],
      ['options', 'insert', { c: '3' }],
    ]),
  ]);
  expect(row()).toMatchObject({ options: { b: '2', c: '3' }, enabled: false });
  await client.transact([nb.update('Logical_Router', uuid, { enabled: undefined })]);
  expect(row()?.enabled).toBeUndefined();
  expect(await client.transact([nb.delete('Logical_Router', uuid)])).toMatchObject({ counts: [1] });
  expect(row()).toBeUndefined();
});

test('a change of one element of a set leaves the others', async () => {
  const nats = ['10.0.1.1', '10.0.1.2', '10.0.1.3'].map((ip, index) =>
    nb.insert('NAT', { type: 'snat', external_ip: '100.65.0.1', logical_ip: ip }, `nat${index}`),
  );
  const refs = nats.map((_, index) => named(`nat${index}`));
  const result = await client.transact([...nats, nb.insert('Logical_Router', { name: 'nats', nat: refs })]);
  if (result.kind !== 'committed') throw new Error(JSON.stringify(result));
  const [first, second, third, router] = result.inserted;
  if (!first || !second || !third || !router) throw new Error('not inserted');
  await client.transact([nb.mutate('Logical_Router', router, [['nat', 'delete', [second]]])]);
  expect(client.table('Logical_Router').get(router)?.nat).toEqual([first, third].sort());
  expect(client.table('NAT').get(second)).toBeUndefined();
});

test('a refusal names its reason and the operation', async () => {
  const twice = [
    nb.insert('Logical_Router', { name: 'fine' }),
    nb.insert('ACL', { priority: 99_999, direction: 'to-lport', action: 'drop', match: '1' }),
  ];
  expect(await client.transact(twice)).toMatchObject({ kind: 'refused', reason: 'constraint violation', operation: 1 });
});

test('a violated index is found at the commit, by no single operation', async () => {
  const port = (name: string, id: string) =>
    nb.insert('Logical_Router_Port', { name, mac: '0a:00:00:00:00:02', networks: ['10.9.0.1/24'] }, id);
  const router = nb.insert('Logical_Router', { name: 'clash', ports: [named('a'), named('b')] });
  expect(await client.transact([port('same', 'a'), port('same', 'b'), router])).toMatchObject({
    kind: 'refused',
    reason: 'constraint violation',
    operation: undefined,
  });
});

test('a reference to a row that is not there is refused', async () => {
  const gone = await insertRouter('not a port');
  const router = nb.insert('Logical_Router', { name: 'dangling', ports: [gone] });
  expect(await client.transact([router])).toMatchObject({ kind: 'refused', reason: 'referential integrity violation' });
});

test('a wait makes a transaction depend on what was read', async () => {
  const uuid = await insertRouter('waited for');
  const when = (name: string) => [
    nb.wait('Logical_Router', uuid, [{ name }]),
    nb.update('Logical_Router', uuid, { name: `${name} no more` }),
  ];
  expect(await client.transact(when('something else'))).toMatchObject({
    kind: 'refused',
    reason: 'timed out',
    operation: 0,
  });
  expect(await client.transact(when('waited for'))).toMatchObject({ kind: 'committed' });
});

test('a wait for no row fails once there is one', async () => {
  const unless = (name: string) => [
    nb.wait('Logical_Router', [['name', '==', name]], []),
    nb.insert('Logical_Router', { name }),
  ];
  expect(await client.transact(unless('only one'))).toMatchObject({ kind: 'committed' });
  expect(await client.transact(unless('only one'))).toMatchObject({ kind: 'refused', operation: 0 });
});

test('many transactions under way are answered in order', async () => {
  const answered: number[] = [];
  const all = Array.from({ length: 200 }, async (_, index) => {
    const result = await client.transact([nb.insert('Logical_Router', { name: `pipelined-${index}` })]);
    answered.push(index);
    return result.kind;
  });
  expect(new Set(await Promise.all(all))).toEqual(new Set(['committed']));
  expect(answered).toEqual(Array.from({ length: 200 }, (_, index) => index));
});

test('a listener gets a transaction as one batch, with before and after', async () => {
  const uuid = await insertRouter('watched');
  const before = client.table('Logical_Router').get(uuid);
  const batches: unknown[] = [];
  const stop = client.onChange(changes => batches.push(changes));
  await client.transact([
    nb.update('Logical_Router', uuid, { name: 'renamed' }),
    nb.insert('Logical_Router', { name: 'companion' }),
  ]);
  stop();
  await client.transact([nb.delete('Logical_Router', uuid)]);
  expect(batches).toEqual([
    expect.arrayContaining([
      { table: 'Logical_Router', uuid, before, after: { ...before, name: 'renamed' } },
      expect.objectContaining({ before: undefined, after: expect.objectContaining({ name: 'companion' }) }),
    ]),
  ]);
});

test('a second client sees the same rows', async () => {
  const other = connect();
  await other.synchronised();
  expect(other.table('Logical_Router').rows).toEqual(client.table('Logical_Router').rows);
  expect(other.table('NAT').rows).toEqual(client.table('NAT').rows);
  await other.close();
});

test('rows are found by an index, before and after they change', async () => {
  const byOwner = client.table('Logical_Router').addIndex(({ external_ids: { owner } }) => (owner ? [owner] : []));
  const names = (owner: string) => [...byOwner.get(owner)].map(({ name }) => name).sort();
  await client.transact([
    nb.insert('Logical_Router', { name: 'i1', external_ids: { owner: 'x' } }),
    nb.insert('Logical_Router', { name: 'i2', external_ids: { owner: 'x' } }),
  ]);
  expect(names('x')).toEqual(['i1', 'i2']);
  await client.transact([nb.update('Logical_Router', [['name', '==', 'i1']], { external_ids: { owner: 'y' } })]);
  expect([names('x'), names('y')]).toEqual([['i2'], ['i1']]);
  await client.transact([nb.delete('Logical_Router', [['name', '==', 'i1']])]);
  expect([...byOwner.keys()].filter(key => key === 'y')).toEqual([]);
});

test('writes are counted by kind', async () => {
  const before = { ...client.counters };
  await client.transact([comment('nothing written')]);
  expect(client.counters).toMatchObject({ transactions: before.transactions + 1, inserts: before.inserts });
  await client.transact([nb.insert('Logical_Router', { name: 'counted' })]);
  expect(client.counters).toMatchObject({ inserts: before.inserts + 1, updates: before.updates });
  expect(client.counters.bytesSent).toBeGreaterThan(before.bytesSent);
});

test('a column that only newer servers have is left out', async () => {
  expect(client.serves('NAT', 'gateway_port')).toBe(true);
  expect(client.serves('NAT', 'priority')).toBe(false);
  const result = await client.transact([
    nb.insert('NAT', { type: 'snat', external_ip: '1.1.1.1', logical_ip: '10.0.0.0/8', priority: 3 }, 'nat'),
    nb.insert('Logical_Router', { name: 'old server', nat: [named('nat')] }),
  ]);
  if (result.kind !== 'committed' || !result.inserted[0]) throw new Error(JSON.stringify(result));
  expect(client.table('NAT').get(result.inserted[0])).not.toHaveProperty('priority');
});
