/** Starts the controllers' process (bench/controller.ts) and waits for what it reports. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { moment } from '../measure/stopwatch.ts';
import { root } from './places.ts';
import type { Report } from './report.ts';

/** Nothing happened for so long: longer than any delay inside (the usage of a pool is written after half a second). */
const QUIET_MS = 1_500;

/** As ./kdc starts `kdc controller`. */
const MEMORY_FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=30'];

export interface ControllerOptions {
  readonly kubeconfig: string;
  readonly northbound: string;
  /** Where its log goes. */
  readonly directory: string;
  /** A folder for a CPU profile of the whole run (`--cpu-prof`). */
  readonly profile?: string | undefined;
}

export interface Settled extends Report {
  /** Last change seen of anything: rows, objects, backlog. */
  readonly settledAt: number;
}

export class Controller implements AsyncDisposable {
  /** When the process was asked for: its own start counts. */
  readonly spawnedAt: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, spawnedAt: number) {
    this.#child = child;
    this.spawnedAt = spawnedAt;
  }

  /** Resolves when caches and replica are in step and everything is queued. */
  static async start({ kubeconfig, northbound, directory, profile }: ControllerOptions): Promise<Controller> {
    const log = openSync(join(directory, 'controller.log'), 'a');
    const spawnedAt = moment();
    const child = fork(join(root, 'bench', 'controller.ts'), [kubeconfig, northbound], {
      execArgv: [...MEMORY_FLAGS, ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`])],
      // As ./kdc has it: what Node has compiled is kept.
      env: { NODE_COMPILE_CACHE: join(root, '.tools', 'compile-cache'), ...process.env },
      stdio: ['ignore', log, log, 'ipc'],
    });
    const controller = new Controller(child, spawnedAt);
    await controller.#answer(directory);
    return controller;
  }

  async report(): Promise<Report> {
    this.#child.send('report');
    return this.#answer();
  }

  /** Waits until nothing is left to do and nothing has happened for a while. */
  async settled(timeoutMs = 600_000): Promise<Settled> {
    const deadline = performance.now() + timeoutMs;
    let last = await this.report();
    let settledAt = last.at;
    while (performance.now() < deadline) {
      await delay(50);
      const now = await this.report();
      if (now.waiting > 0 || activity(now) !== activity(last)) settledAt = now.at;
      last = now;
      if (now.at - settledAt > QUIET_MS) return { ...now, settledAt };
    }
    throw new Error(`the controllers did not settle: ${JSON.stringify(last)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.send('stop');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(late);
  }

  async #answer(directory?: string): Promise<Report> {
    const ended = new AbortController();
    const exit = (): void => ended.abort(new Error(`the controllers ended; see ${directory}/controller.log`));
    this.#child.once('exit', exit);
    try {
      const [report] = (await once(this.#child, 'message', { signal: ended.signal })) as [Report];
      return report;
    } catch (error) {
      throw ended.signal.aborted ? ended.signal.reason : error;
    } finally {
      this.#child.off('exit', exit);
    }
  }
}

const activity = ({ lastCommitAt, apiWrites, transactions }: Report): string =>
  `${lastCommitAt} ${apiWrites} ${transactions}`;
