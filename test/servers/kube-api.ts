/**
 * API servers to test clients on: a real kube-apiserver with etcd (built by test/kube-apiserver/build.sh, or one that is
 * there already, named by KUBECONFIG_REAL), and our embedded one. One interface, so that one suite runs on both.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import { loadKubeconfig } from '../../src/kube/kubeconfig.ts';

export interface KubeApi {
  readonly kubeconfig: string;
  readonly config: ClusterConfig;
  /** Goes away (the real one by SIGKILL) and comes back at the same address with the same data. */
  restart(): Promise<void>;
  /**
   * From now on, watches from before are answered 410. The embedded server forgets by itself: call this once more than
   * `changesRemembered` changes of the kind were made.
   */
  forgetHistory(): Promise<void>;
  stop(): Promise<void>;
}

export interface KubeApiKind {
  readonly name: string;
  /** Why it cannot be tested on here. */
  readonly absent?: string;
  /** Whether it is ours to restart. */
  readonly canRestart: boolean;
  start(): Promise<KubeApi>;
}

/** At most; the embedded server drops the older half of what it remembers. */
export const changesRemembered = 16;

const binary = new URL('../../.tools/kube-apiserver', import.meta.url).pathname;
const external = process.env.KUBECONFIG_REAL;

const real: KubeApiKind = external
  ? { name: `real kube-apiserver of ${external}`, canRestart: false, start: () => useExternal(external) }
  : {
      name: 'real kube-apiserver',
      canRestart: true,
      start: startReal,
      ...(!existsSync(binary) && { absent: 'no .tools/kube-apiserver: build it with test/kube-apiserver/build.sh' }),
    };

export const kubeApis: readonly KubeApiKind[] = [
  real,
  { name: 'embedded API server', canRestart: true, start: startEmbedded },
];

/** Runs the suite once for each kind of server; a skipped one says why in its name. */
export function onEveryKubeApi(
  describe: { (name: string, suite: () => void): unknown; skip(name: string, suite: () => void): unknown },
  suite: (kind: KubeApiKind) => void,
): void {
  for (const kind of kubeApis) {
    if (kind.absent) describe.skip(`${kind.name} (${kind.absent})`, () => suite(kind));
    else describe(kind.name, () => suite(kind));
  }
}

async function useExternal(kubeconfig: string): Promise<KubeApi> {
  const refuse = async () => {
    throw new Error('this server is not ours to restart');
  };
  const config = await loadKubeconfig(kubeconfig);
  return { kubeconfig, config, restart: refuse, forgetHistory: refuse, stop: async () => undefined };
}

async function startReal(): Promise<KubeApi> {
  const folder = await mkdtemp(join(tmpdir(), 'kube-apiserver-'));
  const port = await freePort();
  const kubeconfig = join(folder, 'kubeconfig');
  let server = await RealProcess.start(folder, port);
  const restart = async () => {
    await server.kill();
    server = await RealProcess.start(folder, port);
  };
  return {
    kubeconfig,
    config: await loadKubeconfig(kubeconfig),
    restart,
    // etcd forgets by compaction, the API server's cache of recent changes by a restart.
    async forgetHistory() {
      await server.compact();
      await restart();
    },
    async stop() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** etcd and kube-apiserver in one process; see test/kube-apiserver/main.go for what it prints. */
class RealProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child;
    this.#lines = lines;
  }

  static async start(folder: string, port: number): Promise<RealProcess> {
    const log = await open(join(folder, 'log'), 'a');
    const child = spawn(binary, ['--dir', folder, '--port', String(port)], { stdio: ['pipe', 'pipe', log.fd] });
    await log.close();
    if (!child.stdout) throw new Error('kube-apiserver has no standard output');
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.value === 'ready') return new RealProcess(child, lines);
    throw new Error(`kube-apiserver did not start:\n${await readFile(join(folder, 'log'), 'utf8')}`);
  }

  async compact(): Promise<void> {
    this.#child.kill('SIGUSR1');
    const { value } = await this.#lines.next();
    if (!String(value).startsWith('compacted')) throw new Error(`etcd: ${value}`);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

async function startEmbedded(): Promise<KubeApi> {
  const { startApiServer } = await import('../../src/apiserver/server.ts');
  const folder = await mkdtemp(join(tmpdir(), 'kube-api-'));
  const start = (port: number) => startApiServer({ dataDir: folder, port, historyLimit: changesRemembered / 2 });
  let server = await start(0);
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, server.adminKubeconfig());
  return {
    kubeconfig,
    config: await loadKubeconfig(kubeconfig),
    async restart() {
      const { port } = new URL(server.url);
      await server.close();
      server = await start(Number(port));
    },
    forgetHistory: async () => undefined,
    async stop() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
