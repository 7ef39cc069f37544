/** Starts `sandboxed-agent.ts` in namespaces of its own and talks with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '../../../src/host/run.ts';
import type { ClusterConfig } from '../../../src/kube/cluster-config.ts';
import type { LogLine } from '../../../src/lab/agent/log-file.ts';
import type { PodContainer } from '../../../src/lab/agent/node-agent.ts';
import { sandboxCommand } from '../../../src/lab/sandbox/command.ts';

const program = new URL('sandboxed-agent.ts', import.meta.url).pathname;

/** Hands bytes from a unix socket on to the API server. */
const relayTo = ({ hostname, port }: URL, socketPath: string) =>
  createServer(client => {
    const upstream = connect({ host: hostname, port: Number(port) });
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
  }).listen(socketPath);

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

export class Sandbox implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #cleanUp: () => Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 1;

  private constructor(child: ChildProcess, cleanUp: () => Promise<void>) {
    this.#child = child;
    this.#cleanUp = cleanUp;
    child.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.error === undefined) waiting?.resolve(answer.result);
      else waiting?.reject(new Error(answer.error));
    });
    child.once('exit', code => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the sandbox ended with code ${code}`));
    });
  }

  /** The API is reached through a unix socket: nothing else leads out of the sandbox. */
  static async start(config: ClusterConfig): Promise<Sandbox> {
    const folder = await mkdtemp(join(tmpdir(), 'agent-test-'));
    const socketPath = join(folder, 'api.sock');
    const relay = relayTo(new URL(config.server), socketPath);
    await once(relay, 'listening');
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', program];
    const [unshare, ...args] = sandboxCommand(process.getuid?.() ?? 0, folder, node);
    const child = spawn(unshare, args, {
      stdio: ['ignore', 'inherit', process.env.VERBOSE ? 'inherit' : 'ignore', 'ipc'],
      env: { ...process.env, CLUSTER_CONFIG: JSON.stringify({ ...config, socketPath }) },
    });
    const sandbox = new Sandbox(child, async () => {
      relay.close();
      await once(relay, 'close');
      await rm(folder, { recursive: true, force: true });
    });
    await sandbox.#answerTo(0);
    return sandbox;
  }

  /** Runs a command on the node's machine, outside of any pod. */
  run(...command: [string, ...string[]]): Promise<RunResult> {
    return this.#ask({ run: command }) as Promise<RunResult>;
  }

  exec(pod: PodContainer, ...command: string[]): Promise<RunResult | undefined> {
    return this.#ask({ exec: pod, command }) as Promise<RunResult | undefined>;
  }

  async logs(pod: PodContainer, previous = false): Promise<string[]> {
    const lines = (await this.#ask({ logs: pod, previous })) as LogLine[] | undefined;
    return (lines ?? []).map(line => line.text);
  }

  /** Kills the agent without a word; resolves when its successor has taken the node over. */
  async crashAgent(): Promise<void> {
    const successor = this.#answerTo(0);
    this.#child.send({ kill: true });
    await successor;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    await this.#cleanUp();
  }

  #ask(question: object): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = this.#answerTo(id);
    this.#child.send({ id, ...question });
    return answer;
  }

  #answerTo(id: number): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    return waiting.promise;
  }
}
