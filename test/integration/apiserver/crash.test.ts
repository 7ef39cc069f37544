/** kill -9 under load: whatever was acknowledged is there afterwards, and nothing is half there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApiClient, type Body } from '../../contract/kubernetes-api/client.ts';
import { at, resourceVersion } from '../../contract/kubernetes-api/suite.ts';

const script = new URL('serve.ts', import.meta.url).pathname;
const configMaps = '/api/v1/namespaces/default/configmaps';
const writers = 16;

let directory: string;
let server: ChildProcess;

const start = async (): Promise<ApiClient> => {
  server = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (server.stdout) await once(server.stdout, 'data');
  return ApiClient.fromFile(join(directory, 'kubeconfig'));
};

const kill = async (): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'crash-'));
});
afterEach(async () => {
  await kill();
  await rm(directory, { recursive: true, force: true });
});

/** Creates, changes and deletes until the server is killed; what the server acknowledged last of each object. */
const writeUntilKilled = async (client: ApiClient, killAfter: number): Promise<Map<string, string | undefined>> => {
  const acknowledged = new Map<string, string | undefined>();
  let count = 0;
  const acknowledge = (name: string, version: string | undefined): void => {
    acknowledged.set(name, version);
    if (++count === killAfter) server.kill('SIGKILL');
  };
  const write = async (writer: number): Promise<never> => {
    for (let round = 0; ; round++) {
      const name = `w${writer}-${round}`;
      acknowledge(
        name,
        resourceVersion(await client.post(configMaps, { metadata: { name }, data: { a: 'x'.repeat(500) } })),
      );
      const change = { data: { a: 'y'.repeat(500) } };
      acknowledge(
        name,
        resourceVersion(await client.patch(`${configMaps}/${name}`, 'application/merge-patch+json', change)),
      );
      if (!deletedRound(round)) continue;
      await client.delete(`${configMaps}/${name}`);
      acknowledge(name, undefined);
    }
  };
  // Every writer ends by the connection that broke.
  await Promise.allSettled(Array.from({ length: writers }, (_, writer) => write(writer)));
  return acknowledged;
};

/** Names are `w<writer>-<round>`, in order of their first acknowledgement. */
const lastOfEachWriter = (names: Iterable<string>): Iterable<string> =>
  new Map([...names].map(name => [name.split('-')[0], name])).values();

const roundOf = (name: string): number => Number(name.split('-')[1]);
const mayBeDeleted = (name: string): boolean => deletedRound(roundOf(name));
const deletedRound = (round: number): boolean => round % 3 === 0;

it.each([200, 701, 1503])('loses nothing when killed after %i acknowledged writes', async killAfter => {
  const before = await start();
  const acknowledged = await writeUntilKilled(before, killAfter);
  await before.close();
  await kill();
  const after = await start();
  const { body } = await after.get(configMaps);
  const stored = new Map((body.items as Body[]).map(item => [at(item, 'metadata.name'), item]));
  const last = new Set(lastOfEachWriter(acknowledged.keys()));
  for (const [name, version] of acknowledged) {
    const found = at(stored.get(name), 'metadata.resourceVersion');
    if (!last.has(name) || version === undefined) expect(found, name).toBe(version);
    // The next write to a writer's last object may have been made without its answer having come back.
    else if (found !== undefined) expect(Number(found), name).toBeGreaterThanOrEqual(Number(version));
    else expect(mayBeDeleted(name), name).toBe(true);
  }
  const versions = [...stored.values()].map(item => Number(at(item, 'metadata.resourceVersion')));
  const next = await after.post(configMaps, { metadata: { name: 'next' } });
  expect(Number(resourceVersion(next))).toBeGreaterThan(Math.max(...versions));
  await after.close();
});
