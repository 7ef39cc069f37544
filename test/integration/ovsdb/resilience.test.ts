import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OvsdbClient } from '../../../src/ovsdb/client.ts';
import { ConnectionLost, DatabaseUnavailable } from '../../../src/ovsdb/errors.ts';
import { nbDatabase } from '../../../src/ovsdb/generated/ovn-nb.ts';
import { Operations } from '../../../src/ovsdb/operations.ts';
import type { Status } from '../../../src/ovsdb/reconnect.ts';
import { type OvsdbServer, schemas, startOvsdbServer, temporaryDirectory } from '../../servers/ovsdb.ts';
import { until } from '../../until.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';

const run = promisify(execFile);
const nb = new Operations(nbDatabase);
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: Partial<Parameters<typeof startOvsdbServer>[0]> = {}): Promise<OvsdbServer> {
  const server = await startOvsdbServer({ schema: schemas.northbound, ...options });
  cleanups.push(() => server[Symbol.asyncDispose]());
  return server;
}

function connect(remotes: string, options: { probeIntervalMs?: number } = {}) {
  const tables = { Logical_Router: 'all', Logical_Router_Port: ['name', 'mac'], NAT: 'all' } as const;
  const backoff = { firstMs: 10, longestMs: 100 };
  const client = new OvsdbClient({ remotes, database: nbDatabase, tables, backoff, ...options });
  cleanups.push(() => client.close());
  return client;
}
type Client = ReturnType<typeof connect>;

/** The names of the routers in the replica, sorted. */
const routers = (client: Client) => [...client.table('Logical_Router').rows.values()].map(({ name }) => name).sort();

async function addRouters(client: Client, ...names: string[]): Promise<void> {
  const result = await client.transact(names.map(name => nb.insert('Logical_Router', { name, options: { of: name } })));
  expect(result.kind).toBe('committed');
}

/** Records what listeners are told: `+name`, `-name`, `~name`. */
function recordChanges(client: Client): string[] {
  const seen: string[] = [];
  client.onChange(changes => {
    for (const { table, before, after } of changes) {
      if (table !== 'Logical_Router') continue;
      if (before === undefined) seen.push(`+${after?.name}`);
      else seen.push(after === undefined ? `-${before.name}` : `~${after.name}`);
    }
  });
  return seen;
}

/** Waits for the error with which the connection was lost. */
function nextError(client: Client): Promise<Error> {
  return new Promise(resolve => {
    const stop = client.onStatus(status => {
      if (status.kind !== 'waiting') return;
      stop();
      resolve(status.error);
    });
  });
}

const synchronisedAgain = (client: Client, times: number) =>
  until('it has synchronised again', () => client.counters.snapshots + client.counters.resumes >= times);

describe('a server that comes and goes', () => {
  test('a client may be there before the server', async () => {
    const server = await start();
    await server.stop();
    const client = connect(server.remote);
    expect(await nextError(client)).toMatchObject({ name: 'ConnectFailed' });
    expect(await client.transact([])).toEqual({ kind: 'not-connected' });
    await server.start();
    await client.synchronised();
  });

  test('after kill -9 and a restart, listeners see only what differs', async () => {
    const server = await start();
    const client = connect(server.remote);
    await client.synchronised();
    await addRouters(client, 'kept', 'deleted meanwhile', 'changed meanwhile');
    const kept = [...client.table('Logical_Router').rows.values()].find(({ name }) => name === 'kept');
    const seen = recordChanges(client);

    const lost = nextError(client);
    await server.kill();
    expect(await lost).toBeInstanceOf(ConnectionLost);
    expect(routers(client)).toContain('kept');
    const transact = JSON.stringify([
      'OVN_Northbound',
      { op: 'delete', table: 'Logical_Router', where: [['name', '==', 'deleted meanwhile']] },
      { op: 'update', table: 'Logical_Router', where: [['name', '==', 'changed meanwhile']], row: { enabled: false } },
      { op: 'insert', table: 'Logical_Router', row: { name: 'new meanwhile' } },
    ]);
    await run('ovsdb-tool', ['transact', join(server.directory, 'db.db'), transact]);
    await server.start();
    await synchronisedAgain(client, 2);

    expect(seen.sort()).toEqual(['+new meanwhile', '-deleted meanwhile', '~changed meanwhile']);
    expect(routers(client)).toEqual(['changed meanwhile', 'kept', 'new meanwhile']);
    expect(client.table('Logical_Router').get(kept?._uuid as NonNullable<typeof kept>['_uuid'])).toBe(kept);
  });

  test('a clustered database is resumed from the last transaction', async () => {
    const server = await start({ cluster: 'new' });
    await using proxy = await startFaultyProxy(server.remote);
    const [client, other] = [connect(proxy.remote), connect(server.remote)];
    await Promise.all([client.synchronised(), other.synchronised()]);
    // The server remembers no more history than the size of its database.
    const bulk = Array.from({ length: 100 }, (_, index) => `bulk-${index}`);
    await addRouters(client, ...bulk);
    await addRouters(client, 'first');
    const seen = recordChanges(client);

    proxy.fault = { cutAfterBytes: 0 };
    proxy.cut();
    await addRouters(other, 'second', 'third');
    await other.transact([nb.delete('Logical_Router', [['name', '==', 'first']])]);
    proxy.fault = {};
    await synchronisedAgain(client, 2);

    expect(client.counters).toMatchObject({ snapshots: 1, resumes: 1 });
    expect(routers(client)).toEqual([...bulk, 'second', 'third'].sort());
    expect(seen.sort()).toEqual(['+second', '+third', '-first']);
  });

  test('a changed schema brings the columns that it added', async () => {
    const server = await start();
    const client = connect(server.remote);
    await client.synchronised();
    const nat = { type: 'snat', external_ip: '100.65.0.1', logical_ip: '10.0.0.0/24' } as const;
    await client.transact([
      nb.insert('NAT', nat, 'nat'),
      nb.insert('Logical_Router', { name: 'r', nat: [{ named: 'nat' }] }),
    ]);
    expect([...client.table('NAT').rows.values()]).toEqual([expect.not.objectContaining({ priority: 0 })]);

    const schema = JSON.parse(await readFile(schemas.northbound, 'utf8'));
    schema.version = '7.1.0';
    delete schema.cksum;
    schema.tables.NAT.columns.priority = { type: 'integer' };
    const upgraded = join(server.directory, 'upgraded.ovsschema');
    await writeFile(upgraded, JSON.stringify(schema));
    const lost = nextError(client);
    await run('ovsdb-client', ['convert', server.remote, upgraded]);
    expect(await lost).toBeInstanceOf(DatabaseUnavailable);
    await synchronisedAgain(client, 2);
    expect([...client.table('NAT').rows.values()]).toEqual([expect.objectContaining({ ...nat, priority: 0 })]);
    expect(client.serves('NAT', 'priority')).toBe(true);
  });

  test('a table that the server lacks is empty', async () => {
    await using directory = await temporaryDirectory();
    const schema = JSON.parse(await readFile(schemas.northbound, 'utf8'));
    delete schema.tables.Static_MAC_Binding;
    const file = join(directory.path, 'old.ovsschema');
    await writeFile(file, JSON.stringify(schema));
    const server = await start({ schema: file });
    const tables = { Static_MAC_Binding: 'all', Logical_Router: ['name'] } as const;
    const client = new OvsdbClient({ remotes: server.remote, database: nbDatabase, tables });
    cleanups.push(() => client.close());
    await client.synchronised();
    expect(client.serves('Static_MAC_Binding')).toBe(false);
    expect(client.table('Static_MAC_Binding').rows.size).toBe(0);
    await client.transact([nb.insert('Logical_Router', { name: 'there', options: { not: 'selected' } })]);
    expect([...client.table('Logical_Router').rows.values()]).toEqual([{ _uuid: expect.any(String), name: 'there' }]);
  });
});

describe('a connection that misbehaves', () => {
  let server: OvsdbServer;
  let proxy: FaultyProxy;

  beforeEach(async () => {
    server = await start();
    proxy = await startFaultyProxy(server.remote);
    cleanups.push(async () => proxy[Symbol.asyncDispose]());
  });

  test('cut anywhere in a message, the next connection makes it good', async () => {
    const writer = connect(server.remote);
    await writer.synchronised();
    await addRouters(writer, ...Array.from({ length: 50 }, (_, index) => `router-${index}`));
    const reader = connect(server.remote);
    await reader.synchronised();
    const whole = reader.counters.bytesReceived;
    for (const cutAfterBytes of [1, 20, 200, Math.floor(whole / 2), whole - 1]) {
      proxy.fault = { cutAfterBytes };
      const client = connect(proxy.remote);
      expect(await nextError(client)).toBeInstanceOf(ConnectionLost);
      proxy.fault = {};
      await client.synchronised();
      expect(routers(client)).toEqual(routers(writer));
      expect(client.counters.snapshots).toBe(1);
    }
  });

  test('a transaction whose answer is cut off is unknown, and not sent again', async () => {
    const client = connect(proxy.remote);
    await client.synchronised();
    proxy.silence();
    const result = client.transact([nb.insert('Logical_Router', { name: 'committed all the same' })]);
    const witness = connect(server.remote);
    await until('the server has committed', () => routers(witness).length === 1);
    proxy.cut();
    expect(await result).toEqual({ kind: 'unknown', reason: expect.any(ConnectionLost) });
    await synchronisedAgain(client, 2);
    expect(routers(client)).toEqual(['committed all the same']);
    expect(client.counters.inserts).toBe(1);
  });

  test('a server that is silent is given up, and found again', async () => {
    const client = connect(proxy.remote, { probeIntervalMs: 100 });
    await client.synchronised();
    const lost = nextError(client);
    proxy.silence();
    expect(String(await lost)).toContain('no answer to an echo');
    await synchronisedAgain(client, 2);
  });

  test('a server that answers echoes is kept', async () => {
    const client = connect(proxy.remote, { probeIntervalMs: 20 });
    await client.synchronised();
    const sent = client.counters.messagesSent;
    await until('ten echoes went out', () => client.counters.messagesSent >= sent + 10);
    expect(proxy.connections).toBe(1);
  });

  test.each([
    ['monitor_cond', /monitor_cond_since/g],
    ['monitor', /monitor_cond(_since)?/g],
  ])('a server that knows only %s serves as well', async (_method, missing) => {
    proxy.fault = { rewrite: text => text.replace(missing, 'not_yet_invented') };
    const client = connect(proxy.remote);
    await client.synchronised();
    await addRouters(client, 'a', 'b');
    await client.transact([
      nb.delete('Logical_Router', [['name', '==', 'a']]),
      nb.update('Logical_Router', [['name', '==', 'b']], { options: { x: '1', of: 'b' } }),
    ]);
    expect([...client.table('Logical_Router').rows.values()]).toEqual([
      expect.objectContaining({ name: 'b', options: { x: '1', of: 'b' }, enabled: undefined }),
    ]);
  });

  test('what is not OVSDB ends in an error, not in a wait', async () => {
    proxy.fault = { rewrite: text => text.replace('get_schema', 'no_schema') };
    const client = connect(proxy.remote);
    expect(await nextError(client)).toMatchObject({ name: 'RpcError', code: 'unknown method' });
  });
});

test('closing ends a wait and a transaction under way', async () => {
  const server = await start();
  const client = connect(server.remote);
  await client.synchronised();
  const statuses: Status['kind'][] = [];
  client.onStatus(({ kind }) => statuses.push(kind));
  server.signal('SIGSTOP');
  const result = client.transact([nb.insert('Logical_Router', { name: 'never answered' })]);
  await client.close();
  server.signal('SIGCONT');
  expect(await result).toMatchObject({ kind: 'unknown' });
  expect(statuses).toEqual(['closed']);
  await expect(client.synchronised()).rejects.toMatchObject({ name: 'ClientClosed' });
  expect(await client.transact([])).toEqual({ kind: 'not-connected' });
});
