import { afterAll, beforeAll, expect, test } from 'vitest';
import { OvsdbClient } from '../../../src/ovsdb/client.ts';
import { nbDatabase } from '../../../src/ovsdb/generated/ovn-nb.ts';
import { Operations } from '../../../src/ovsdb/operations.ts';
import { type OvsdbServer, schemas, startOvsdbServer } from '../../servers/ovsdb.ts';

const nb = new Operations(nbDatabase);
const rows = 100_000;
const owners = 10_000;
let server: OvsdbServer;

const owner = (index: number) => `Service/shalb-demo/app-${index % owners}`;

const loadBalancer = (index: number) =>
  nb.insert('Load_Balancer', {
    name: `lb-${index}`,
    protocol: 'tcp',
    vips: { [`100.65.${index >> 8}.${index & 255}:80`]: '10.0.10.28:8080,10.0.10.29:8080' },
    options: { reject: 'true' },
    external_ids: { 'kdc-owner': owner(index), 'kdc-key': `LoadBalancer/${index}` },
  });

beforeAll(async () => {
  server = await startOvsdbServer({ schema: schemas.northbound });
});

afterAll(() => server[Symbol.asyncDispose]());

test('a database of 100,000 rows is filled, read whole, and found by owner', async () => {
  const writer = new OvsdbClient({ remotes: server.remote, database: nbDatabase, tables: {} });
  await writer.synchronised();
  const batches = Array.from({ length: rows / 1_000 }, (_, batch) =>
    writer.transact(Array.from({ length: 1_000 }, (_, index) => loadBalancer(batch * 1_000 + index))),
  );
  const kinds = new Set((await Promise.all(batches)).map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['committed']));
  expect(writer.counters.inserts).toBe(rows);

  const reader = new OvsdbClient({ remotes: server.remote, database: nbDatabase, tables: { Load_Balancer: 'all' } });
  const table = reader.table('Load_Balancer');
  const byOwner = table.addIndex(row => [row.external_ids['kdc-owner'] ?? '']);
  await reader.synchronised();
  expect(table.rows.size).toBe(rows);
  expect(new Set([...table.rows.values()].map(({ name }) => name)).size).toBe(rows);
  expect([...byOwner.keys()]).toHaveLength(owners);
  for (const index of [0, 7, owners - 1]) {
    const names = Array.from({ length: rows / owners }, (_, turn) => `lb-${index + turn * owners}`);
    expect([...byOwner.get(owner(index))].map(({ name }) => name).sort()).toEqual(names.sort());
  }
  await Promise.all([writer.close(), reader.close()]);
}, 120_000);
