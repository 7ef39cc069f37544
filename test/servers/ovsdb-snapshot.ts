/** What reading a snapshot costs the client, next to a bare `JSON.parse` of the same bytes. */
import { createConnection } from 'node:net';
import { Duplex } from 'node:stream';
import { systemClock } from '../../src/base/clock.ts';
import { newCounters } from '../../src/ovsdb/counters.ts';
import { MessageSplitter } from '../../src/ovsdb/message-splitter.ts';
import { Monitor } from '../../src/ovsdb/monitor.ts';
import { Replica } from '../../src/ovsdb/replica.ts';
import { RpcConnection } from '../../src/ovsdb/rpc.ts';
import type { Database, TableColumns } from '../../src/ovsdb/values.ts';

export interface SnapshotCost {
  readonly bytes: number;
  /** From bytes to a parsed message. */
  readonly parseMs: number;
  /** From bytes to a replica of typed rows. */
  readonly replicaMs: number;
}

/** Reads a table once from a server on a unix socket, then feeds the same bytes to both; the best of `runs` counts. */
export async function snapshotCost<Rows>(
  remote: string,
  database: Database<Rows>,
  table: keyof Rows & string,
  runs = 5,
): Promise<SnapshotCost> {
  const columns = new Map<string, TableColumns>([[table, database.tables[table]]]);
  const chunks = await recordSnapshot(remote, database.name, columns);
  const bytes = Buffer.concat(chunks);
  let [parseMs, replicaMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < runs; run++) {
    parseMs = Math.min(parseMs, await elapsed(async () => JSON.parse(bytes.toString())));
    replicaMs = Math.min(replicaMs, await elapsed(() => replay(chunks, database.name, columns)));
  }
  return { bytes: bytes.length, parseMs, replicaMs };
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The server's answer to `monitor_cond_since`, as it came in chunks. */
function recordSnapshot(remote: string, database: string, columns: ReadonlyMap<string, TableColumns>) {
  const socket = createConnection(remote.replace(/^unix:/, ''));
  const requests = Object.fromEntries([...columns].map(([name, types]) => [name, [{ columns: Object.keys(types) }]]));
  const params = [database, database, requests, '00000000-0000-0000-0000-000000000000'];
  socket.write(JSON.stringify({ id: 0, method: 'monitor_cond_since', params }));
  const chunks: Buffer[] = [];
  return new Promise<Buffer[]>((resolve, reject) => {
    const splitter = new MessageSplitter(() => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      splitter.push(chunk);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(chunks));
  });
}

/** A connection on which the recorded chunks answer the first request. */
async function replay(chunks: readonly Buffer[], database: string, columns: ReadonlyMap<string, TableColumns>) {
  const stream: Duplex = new Duplex({
    read() {},
    write(_request, _encoding, done) {
      for (const chunk of chunks) stream.push(chunk);
      done();
    },
  });
  const probeIntervalMs = 60_000;
  const options = { clock: systemClock, counters: newCounters(), probeIntervalMs, onNotification() {} };
  const connection = new RpcConnection(stream, options);
  const replica = new Replica(columns);
  await new Monitor(database, replica).start(connection, columns);
  connection.end(new Error('measured'));
}
