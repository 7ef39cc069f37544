/** The OVSDB client alone: a large snapshot, and many transactions one after another. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OvsdbClient } from '../../src/ovsdb/client.ts';
import { nbDatabase } from '../../src/ovsdb/generated/ovn-nb.ts';
import { type Operation, Operations } from '../../src/ovsdb/operations.ts';
import { type OvsdbServer, schemas, startOvsdbServer } from '../../test/servers/ovsdb.ts';
import { snapshotCost } from '../../test/servers/ovsdb-snapshot.ts';
import { atLeast, type Measurement, quantity } from '../measure/measurement.ts';
import { median } from '../measure/statistics.ts';
import { timed } from '../measure/stopwatch.ts';
import { root } from '../world/places.ts';
import { RawSender, transactRequest } from '../world/raw-sender.ts';
import { type Bench, count, type Row } from './row.ts';

const run = promisify(execFile);
const nb = new Operations(nbDatabase);

export const ovsdbClient: Row = {
  name: 'ovsdb-client',
  title: 'OVSDB client',
  run: async bench => [await snapshot(bench), await pipeline(bench)],
};

const insert = (index: number): Operation =>
  nb.insert('Load_Balancer', {
    name: `lb-${index}`,
    protocol: 'tcp',
    vips: { [`100.65.${(index >> 8) & 255}.${index & 255}:80`]: '10.0.10.28:8080,10.0.10.29:8080' },
    options: { reject: 'true' },
    external_ids: { owner: `Service/shalb-demo/app-${index}`, key: 'TCP' },
  });

const snapshot = async (bench: Bench): Promise<Measurement> => {
  const rows = bench.quick ? 1_000 : 100_000;
  await using server = await startOvsdbServer({ schema: schemas.northbound });
  bench.progress(`a database of ${count(rows)} rows`);
  await fill(server, rows);
  bench.progress('snapshot');
  const { bytes, parseMs, replicaMs } = await snapshotCost(server.remote, nbDatabase, 'Load_Balancer');
  const rate = (ms: number) => quantity(bytes / 1e3 / ms, 'MB/s');
  return {
    work: `Snapshot of ${count(rows)} rows (${(bytes / 1e6).toFixed(1)} MB): bytes → replica`,
    ours: rate(replicaMs),
    against: { what: 'JSON.parse of the same bytes', quantity: rate(parseMs) },
    goal: atLeast(0.8),
    details: [`${replicaMs.toFixed(0)} ms; bare parse ${parseMs.toFixed(0)} ms`, await pythonsIdl(server)],
  };
};

const fill = async (server: OvsdbServer, rows: number): Promise<void> => {
  const client = new OvsdbClient({ remotes: server.remote, database: nbDatabase, tables: {} });
  await client.synchronised();
  const batch = 1_000;
  for (let start = 0; start < rows; start += batch)
    await client.transact(Array.from({ length: batch }, (_, index) => insert(start + index)));
  await client.close();
};

/** The peer, where Debian's python3-openvswitch is installed; the time of the whole way from connecting on. */
const pythonsIdl = async ({ remote }: OvsdbServer): Promise<string> => {
  const script = join(root, 'bench', 'peers', 'idl_snapshot.py');
  const answer = run('/usr/bin/python3', [script, remote, schemas.northbound, 'Load_Balancer']);
  const { stdout } = await answer.catch(() => ({ stdout: '' }));
  const { ms } = await timed(() => connectAndRead(remote));
  if (stdout === '') return "Python's ovs.db.idl is not installed";
  return `from connecting on: ${ms.toFixed(0)} ms, Python's ovs.db.idl ${Number(stdout.split(' ')[0]).toFixed(0)} ms`;
};

const connectAndRead = async (remote: string): Promise<void> => {
  const client = new OvsdbClient({ remotes: remote, database: nbDatabase, tables: { Load_Balancer: 'all' } });
  await client.synchronised();
  await client.close();
};

const pipeline = async (bench: Bench): Promise<Measurement> => {
  const transactions = bench.quick ? 200 : 20_000;
  bench.progress(`${count(transactions)} pipelined transactions`);
  const operations = Array.from({ length: transactions }, (_, index) => [insert(index)]);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let turn = 0; turn < (bench.quick ? 1 : 3); turn++) {
    bare.push(await sentRaw(operations));
    ours.push(await sentByClient(operations));
  }
  const rate = (times: readonly number[]) => quantity((transactions / median(times)) * 1000, 'per s');
  return {
    work: 'Pipelined transactions of one insert',
    ours: rate(ours),
    against: { what: 'prebuilt bytes on a socket', quantity: rate(bare) },
    goal: atLeast(1),
  };
};

const sentRaw = async (operations: readonly (readonly Operation[])[]): Promise<number> => {
  await using server = await startOvsdbServer({ schema: schemas.northbound });
  using sender = await RawSender.connect(server.remote);
  const requests = operations.map((each, id) => transactRequest(id, nbDatabase.name, each));
  return (await timed(() => sender.send(requests))).ms;
};

const sentByClient = async (operations: readonly (readonly Operation[])[]): Promise<number> => {
  await using server = await startOvsdbServer({ schema: schemas.northbound });
  const client = new OvsdbClient({ remotes: server.remote, database: nbDatabase, tables: {} });
  await client.synchronised();
  const { ms } = await timed(() => Promise.all(operations.map(each => client.transact(each))));
  await client.close();
  return ms;
};
