/** Starts real ovsdb-server and ovn-northd processes for tests, each server in a directory of its own. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../until.ts';

const run = promisify(execFile);

/** The schemas that Debian's packages install. */
export const schemas = {
  northbound: '/usr/share/ovn/ovn-nb.ovsschema',
  southbound: '/usr/share/ovn/ovn-sb.ovsschema',
  vswitch: '/usr/share/openvswitch/vswitch.ovsschema',
} as const;

/** A directory that `await using` removes at the end. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'ovsdb-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** One process: started, stopped, killed and started again by the tests. */
export class ServerProcess implements AsyncDisposable {
  readonly #command: string;
  readonly #args: readonly string[];
  readonly #isReady: () => boolean | Promise<boolean>;
  #child: ChildProcess | undefined;
  #log = '';

  constructor(command: string, args: readonly string[], isReady: () => boolean | Promise<boolean>) {
    this.#command = command;
    this.#args = args;
    this.#isReady = isReady;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const child = spawn(this.#command, this.#args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    child.stderr.on('data', chunk => {
      this.#log += chunk;
    });
    await until(`${this.#command} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`${this.#command} exited with ${child.exitCode}:\n${this.#log}`);
      return this.#isReady();
    });
  }

  /** Ends it with SIGTERM, or with the given signal, e.g. `SIGKILL`. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise(resolve => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  kill(): Promise<void> {
    return this.stop('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Sends a signal and leaves the process be, e.g. `SIGSTOP`. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

export interface OvsdbServer extends ServerProcess {
  /** As `unix:PATH`. */
  readonly remote: string;
  readonly directory: string;
}

export interface OvsdbServerOptions {
  /** A file with the schema of the database, see `schemas`. */
  readonly schema: string;
  /** Where its database, sockets and logs go; a new one, removed at the end, if left out. */
  readonly directory?: string;
  /** Apart from others in the same directory. */
  readonly name?: string;
  /** A cluster of one member, or one more member of the cluster of another server. Standalone if left out. */
  readonly cluster?: 'new' | { readonly join: OvsdbServer };
  /** More remotes to listen on, and options, e.g. `--remote=ptcp:0:127.0.0.1`. */
  readonly args?: readonly string[];
}

/** Creates a database and a server for it, started and listening on a unix socket. */
export async function startOvsdbServer(options: OvsdbServerOptions): Promise<OvsdbServer> {
  const own = options.directory === undefined ? await temporaryDirectory() : undefined;
  const directory = options.directory ?? own?.path ?? '';
  const server = new Server(directory, options.name ?? 'db', own, options.args ?? []);
  await server.create(options);
  await server.start();
  return server;
}

class Server extends ServerProcess implements OvsdbServer {
  readonly directory: string;
  readonly remote: string;
  readonly #name: string;
  readonly #own: AsyncDisposable | undefined;

  constructor(directory: string, name: string, own: AsyncDisposable | undefined, args: readonly string[]) {
    const path = (extension: string) => join(directory, `${name}.${extension}`);
    const fixed = [`--remote=punix:${path('sock')}`, `--unixctl=${path('ctl')}`, '--verbose=ANY:console:warn'];
    const isReady = () => existsSync(path('ctl')) && existsSync(path('sock'));
    super('ovsdb-server', ['--no-chdir', ...fixed, ...args, path('db')], isReady);
    this.directory = directory;
    this.#name = name;
    this.#own = own;
    this.remote = `unix:${path('sock')}`;
  }

  /** Where other members of the cluster reach this one. */
  get raftAddress(): string {
    return `unix:${join(this.directory, `${this.#name}.raft`)}`;
  }

  async create({ schema, cluster }: OvsdbServerOptions): Promise<void> {
    const file = join(this.directory, `${this.#name}.db`);
    if (cluster === undefined) await run('ovsdb-tool', ['create', file, schema]);
    else if (cluster === 'new') await run('ovsdb-tool', ['create-cluster', file, schema, this.raftAddress]);
    else
      await run('ovsdb-tool', ['join-cluster', file, await schemaName(schema), this.raftAddress, raftOf(cluster.join)]);
  }

  /** A killed server leaves its sockets behind, which must not pass for those of the new one. */
  override async start(): Promise<void> {
    const left = ['sock', 'ctl'].map(extension => join(this.directory, `${this.#name}.${extension}`));
    await Promise.all(left.map(path => rm(path, { force: true })));
    await super.start();
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#own?.[Symbol.asyncDispose]();
  }
}

const schemaName = async (schema: string) => (await run('ovsdb-tool', ['schema-name', schema])).stdout.trim();

function raftOf(server: OvsdbServer): string {
  if (server instanceof Server) return server.raftAddress;
  throw new TypeError('not a server of startOvsdbServer');
}

/** Asks a server's control socket, e.g. `control(server, 'cluster/status', 'OVN_Northbound')`. */
export async function control(server: OvsdbServer, ...command: string[]): Promise<string> {
  const socket = server.remote.replace(/^unix:/, '').replace(/\.sock$/, '.ctl');
  return (await run('ovs-appctl', ['-t', socket, ...command])).stdout;
}

/** A real ovn-northd between two servers. */
export async function startNorthd(northbound: OvsdbServer, southbound: OvsdbServer): Promise<ServerProcess> {
  const socket = join(northbound.directory, 'northd.ctl');
  const databases = [`--ovnnb-db=${northbound.remote}`, `--ovnsb-db=${southbound.remote}`];
  const quiet = ['--verbose=ANY:console:warn', `--unixctl=${socket}`];
  const northd = new ServerProcess('ovn-northd', [...databases, ...quiet], async () => {
    if (!existsSync(socket)) return false;
    return (await run('ovs-appctl', ['-t', socket, 'status'])).stdout.includes('active');
  });
  await northd.start();
  return northd;
}
