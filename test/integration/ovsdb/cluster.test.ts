import { afterEach, expect, test } from 'vitest';
import { OvsdbClient } from '../../../src/ovsdb/client.ts';
import { nbDatabase } from '../../../src/ovsdb/generated/ovn-nb.ts';
import { Operations } from '../../../src/ovsdb/operations.ts';
import { control, type OvsdbServer, schemas, startOvsdbServer, temporaryDirectory } from '../../servers/ovsdb.ts';
import { until } from '../../until.ts';

const nb = new Operations(nbDatabase);
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const status = (server: OvsdbServer) => control(server, 'cluster/status', nbDatabase.name);

/** Starts a cluster of three; its first member leads. */
async function startCluster(): Promise<OvsdbServer[]> {
  const directory = await temporaryDirectory();
  cleanups.push(async () => directory[Symbol.asyncDispose]());
  const member = async (name: string, cluster: 'new' | { join: OvsdbServer }) => {
    const server = await startOvsdbServer({ schema: schemas.northbound, directory: directory.path, name, cluster });
    cleanups.push(() => server[Symbol.asyncDispose]());
    await until(`${name} has joined`, async () => (await status(server)).includes('Status: cluster member'));
    return server;
  };
  const first = await member('n1', 'new');
  return [first, await member('n2', { join: first }), await member('n3', { join: first })];
}

async function leaderOf(members: readonly OvsdbServer[]): Promise<OvsdbServer | undefined> {
  for (const server of members) if ((await status(server)).includes('Role: leader')) return server;
  return undefined;
}

function connect(members: readonly OvsdbServer[], options: { leaderOnly?: boolean } = {}) {
  const remotes = members.map(({ remote }) => remote).join(',');
  const tables = { Logical_Router: ['name'] } as const;
  const client = new OvsdbClient({ remotes, database: nbDatabase, tables, ...options });
  cleanups.push(() => client.close());
  return client;
}
type Client = ReturnType<typeof connect>;

const remoteOf = (client: Client) => (client.status.kind === 'synchronised' ? client.status.remote : undefined);
const insert = (client: Client, name: string) => client.transact([nb.insert('Logical_Router', { name })]);
const routers = (client: Client) => [...client.table('Logical_Router').rows.values()].map(({ name }) => name).sort();

test('a client follows the leader, and loses no commit when it is killed', async () => {
  const members = await startCluster();
  const client = connect(members);
  await client.synchronised();
  const leader = await leaderOf(members);
  expect(remoteOf(client)).toBe(leader?.remote);
  for (let index = 0; index < 20; index++)
    expect(await insert(client, `before-${index}`)).toMatchObject({ kind: 'committed' });

  await leader?.kill();
  await until('the next leader was found', () => ![undefined, leader?.remote].includes(remoteOf(client)));
  const rest = members.filter(server => server !== leader);
  expect(remoteOf(client)).toBe((await leaderOf(rest))?.remote);
  expect(routers(client)).toHaveLength(20);
  expect(client.counters).toMatchObject({ snapshots: 1, resumes: 1 });
  expect(await insert(client, 'after')).toMatchObject({ kind: 'committed' });
  expect(routers(client)).toContain('after');
});

test('a client leaves a server that is no longer the leader, though the connection still stands', async () => {
  const members = await startCluster();
  const client = connect(members);
  await client.synchronised();
  const leader = await leaderOf(members);
  if (leader === undefined) throw new Error('the cluster has no leader');
  const errors: Error[] = [];
  client.onStatus(now => {
    if (now.kind === 'waiting') errors.push(now.error);
  });
  await control(leader, 'cluster/leave', nbDatabase.name);
  await until('the client is with another', () => ![undefined, leader.remote].includes(remoteOf(client)));
  expect(errors[0]).toMatchObject({ name: 'DatabaseUnavailable' });
  expect(await insert(client, 'after')).toMatchObject({ kind: 'committed' });
});

test('a follower serves a client that does not insist on the leader; its commits reach the replica before the answer', async () => {
  const members = await startCluster();
  const leader = await leaderOf(members);
  const followers = members.filter(server => server !== leader);
  const client = connect(followers, { leaderOnly: false });
  await client.synchronised();
  for (let index = 0; index < 20; index++) {
    expect(await insert(client, `r${index}`)).toMatchObject({ kind: 'committed' });
    expect(routers(client)).toContain(`r${index}`);
  }
});

test('a client that insists on the leader waits while only followers are there', async () => {
  const members = await startCluster();
  const leader = await leaderOf(members);
  const client = connect(members.filter(server => server !== leader));
  const errors: string[] = [];
  client.onStatus(now => {
    if (now.kind === 'waiting') errors.push(now.error.message);
  });
  await until('both followers were tried', () => errors.length >= 2);
  expect(new Set(errors)).toEqual(new Set(['OVSDB database OVN_Northbound: this member is not the leader']));
});
