/** The embedded API as a process of its own, on a data directory of ours. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeClient } from '../../src/kube/client.ts';
import { loadKubeconfig } from '../../src/kube/kubeconfig.ts';
import { until } from '../measure/stopwatch.ts';
import { kdc } from './places.ts';

export interface ApiServer extends AsyncDisposable {
  readonly kubeconfig: string;
  readonly client: KubeClient;
}

/** What is in the directory from before is served again. */
export const startApiServer = async (directory: string): Promise<ApiServer> => {
  const kubeconfig = join(directory, 'kubeconfig');
  rmSync(kubeconfig, { force: true });
  const log = openSync(join(directory, 'apiserver.log'), 'a');
  const child = spawn(kdc, ['apiserver', '--data', join(directory, 'data'), '--kubeconfig', kubeconfig], {
    stdio: ['ignore', log, log],
  });
  await until('the API serves', () => {
    if (child.exitCode !== null) throw new Error(`the API server ended: see ${directory}/apiserver.log`);
    return existsSync(kubeconfig);
  });
  const config = await loadKubeconfig(kubeconfig);
  const client = new KubeClient({ config, fieldManager: 'bench', maxConnections: 32 });
  return {
    kubeconfig,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await end(child);
    },
  };
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
};

/** With a directory of its own, gone with it. */
export const startTemporaryApiServer = async (): Promise<ApiServer> => {
  const directory = await mkdtemp(join(tmpdir(), 'kdc-bench-api-'));
  const server = await startApiServer(directory);
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
