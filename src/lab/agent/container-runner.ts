/** One container of a Pod through all of its runs: waits for what it needs, starts it, probes it, restarts it, stops it. */

import { rm } from 'node:fs/promises';
import { type Backoff, delayAfter } from '../../base/backoff.ts';
import { sleep } from '../../base/clock.ts';
import { metaTime } from '../../resources/meta.ts';
import type { Container, ContainerState, Pod } from '../cluster/core-kinds.ts';
import type { AgentContext } from './agent-context.ts';
import { type Resolution, resolveCommand, resolveEnvironment } from './container-command.ts';
import {
  type ContainerEntrance,
  type ContainerExit,
  type ContainerProcess,
  ContainerSetupFailed,
  startContainer,
} from './container-process.ts';
import type { BindMount } from './container-root.ts';
import { findImage, unknownImageMessage } from './images.ts';
import type { ContainerRecord } from './pod-status.ts';
import { performAction } from './probe-action.ts';
import { runProbes } from './prober.ts';

/** What a container needs of its Pod. */
export interface PodScope {
  /** Its latest state. */
  readonly pod: Pod;
  readonly directory: string;
  readonly netns: string;
  readonly hostname: string;
  readonly podIPs: readonly string[];
  /** Files of its /etc, by name. */
  readonly etc: ReadonlyMap<string, string>;
  /** Aborted when the Pod is being deleted. */
  readonly deleted: AbortSignal;
  binds(container: Container): BindMount[];
  /** Resolves when the Pod or something it refers to has changed. */
  changed(signal: AbortSignal): Promise<void>;
  /** The container's record has changed. */
  report(): void;
}

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** A run of this length makes earlier crashes forgotten, as kubelet does. */
const stableRunMs = 10 * 60_000;
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

interface Prepared {
  environment: Map<string, string>;
  command: string[];
}

/** The first restart comes at once; then the waits double. */
export const restartDelay = (crashes: number, backoff: Backoff): number =>
  crashes <= 1 ? 0 : delayAfter(crashes - 1, backoff);

export const restarts = (policy: RestartPolicy, exitCode: number): boolean =>
  policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);

export class ContainerRunner {
  readonly container: Container;
  readonly #context: AgentContext;
  readonly #scope: PodScope;
  readonly #policy: RestartPolicy;
  readonly #stopping = new AbortController();
  readonly #record: ContainerRecord;
  #process: ContainerProcess | undefined;
  #entrance: ContainerEntrance | undefined;
  #crashes = 0;
  #attempt: number;

  constructor(
    context: AgentContext,
    scope: PodScope,
    { container, policy, record }: { container: Container; policy: RestartPolicy; record: ContainerRecord },
  ) {
    this.container = container;
    this.#context = context;
    this.#scope = scope;
    this.#policy = policy;
    this.#record = record;
    this.#attempt = record.restartCount;
  }

  /** Where it can be entered; undefined while it does not run. */
  get entrance(): ContainerEntrance | undefined {
    return this.#entrance;
  }

  get logFile(): string {
    return this.#logFileOf(this.#attempt);
  }

  get previousLogFile(): string | undefined {
    return this.#attempt > 0 ? this.#logFileOf(this.#attempt - 1) : undefined;
  }

  /** Resolves when the container will not be started any more; only then with an exit code that counts. */
  async run(): Promise<number | undefined> {
    let exit: ContainerExit | undefined;
    while (!this.#stopping.signal.aborted) {
      const prepared = await this.#prepare();
      if (!prepared) break;
      exit = await this.#runOnce(prepared);
      if (exit && !restarts(this.#policy, exit.exitCode)) break;
      await this.#backOff();
    }
    return exit?.exitCode;
  }

  /** Stops it, with the grace its Pod grants, and lets it not start again. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    if (this.#process) await this.#terminate(this.#process, graceMs);
  }

  /** Waits until everything the container refers to is there. */
  async #prepare(): Promise<Prepared | undefined> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const result = this.#resolve();
      if ('value' in result) return result.value;
      if (this.#record.state.waiting?.message !== result.missing.message)
        this.#tell('Warning', 'Failed', `Error: ${result.missing.message}`);
      this.#update({ state: { waiting: result.missing } });
      await this.#scope.changed(signal);
    }
    return undefined;
  }

  #resolve(): { value: Prepared } | { missing: { reason: string; message: string } } {
    const { container } = this;
    const image = container.image ?? '';
    const entryPoint = findImage(this.#context.images, image);
    if (!entryPoint) {
      const reason = this.#record.state.waiting?.reason === 'ErrImagePull' ? 'ImagePullBackOff' : 'ErrImagePull';
      return { missing: { reason, message: unknownImageMessage(this.#context.images, image) } };
    }
    const own = this.#environment();
    if ('missing' in own) return { missing: { reason: 'CreateContainerConfigError', message: own.missing } };
    const environment = new Map([
      ['PATH', defaultPath],
      ['HOME', '/root'],
      ['HOSTNAME', this.#scope.hostname],
      ...Object.entries(this.#context.environment),
      ...own.value,
    ]);
    return { value: { environment, command: resolveCommand(container, entryPoint, environment) } };
  }

  #environment(): Resolution<Map<string, string>> {
    const { pod } = this.#scope;
    const namespace = pod.metadata.namespace ?? '';
    return resolveEnvironment(this.container, {
      pod,
      secret: name => this.#context.secret(namespace, name),
      configMap: name => this.#context.configMap(namespace, name),
    });
  }

  async #runOnce(prepared: Prepared): Promise<ContainerExit | undefined> {
    const process = await this.#start(prepared);
    if (!process) return undefined;
    const startedAt = metaTime(this.#context.clock.date());
    const begun = this.#context.clock.now();
    this.#process = process;
    this.#update({ state: { running: { startedAt } }, containerID: this.#containerID() });
    this.#tell('Normal', 'Started', `Started container ${this.container.name}`);
    const ended = new AbortController();
    const probing = this.#probe(process, ended.signal);
    if (this.#stopping.signal.aborted) process.kill();
    const exit = await process.exited;
    ended.abort();
    this.#process = undefined;
    this.#entrance = undefined;
    if (this.#context.clock.now() - begun > stableRunMs) this.#crashes = 0;
    this.#noteEnd(exit, startedAt);
    await probing;
    return exit;
  }

  /** @returns undefined when it could not be set up; the record says why */
  async #start({ environment, command }: Prepared): Promise<ContainerProcess | undefined> {
    const { directory, netns, hostname } = this.#scope;
    const workingDirectory = this.container.workingDir ?? '/';
    const place = `${directory}/containers/${this.container.name}-${this.#attempt}`;
    try {
      const launch = {
        ...{ directory: place, netns, hostname, workingDirectory, environment, command },
        binds: this.#scope.binds(this.container),
        etc: this.#scope.etc,
        rootPlan: this.#context.rootPlan,
        logFile: this.logFile,
        now: () => this.#context.clock.date(),
      };
      const process = await this.#context.slots.run(() => startContainer(launch));
      this.#entrance = { pid: process.pid, directory: place, workingDirectory, environment };
      return process;
    } catch (error) {
      if (!(error instanceof ContainerSetupFailed)) throw error;
      this.#tell('Warning', 'Failed', `Error: ${error.message}`);
      this.#update({ state: { waiting: { reason: 'RunContainerError', message: error.message } } });
      return undefined;
    }
  }

  #probe(process: ContainerProcess, ended: AbortSignal): Promise<void> {
    const { container } = this;
    const entrance = this.#entrance;
    if (!entrance) return Promise.resolve();
    const target = { container, entrance, netns: this.#scope.netns, podIP: this.#scope.podIPs[0] ?? '127.0.0.1' };
    return runProbes(
      container,
      target,
      this.#context.clock,
      { ended, deleted: this.#scope.deleted },
      {
        onStarted: () => this.#update({ started: true }),
        onReady: ready => this.#update({ ready }),
        onFailure: message => this.#tell('Warning', 'Unhealthy', message),
        onUnhealthy: message => {
          this.#tell(
            'Normal',
            'Killing',
            `Container ${container.name} failed its probe and will be restarted. ${message}`,
          );
          const seconds = container.livenessProbe?.terminationGracePeriodSeconds ?? this.#graceSeconds();
          void this.#terminate(process, seconds * 1000);
        },
      },
    );
  }

  #graceSeconds(): number {
    return this.#scope.pod.spec.terminationGracePeriodSeconds ?? 30;
  }

  /** preStop, then SIGTERM, and SIGKILL when the grace, which began with preStop, is over. */
  async #terminate(process: ContainerProcess, graceMs: number): Promise<void> {
    const over = new AbortController();
    const expired = sleep(this.#context.clock, graceMs, over.signal);
    void expired.then(() => process.kill());
    await Promise.race([this.#preStop(graceMs), process.exited, expired]);
    process.terminate();
    await process.exited;
    over.abort();
  }

  async #preStop(graceMs: number): Promise<void> {
    const action = this.container.lifecycle?.preStop;
    const entrance = this.#entrance;
    if (!action || !entrance) return;
    if (action.sleep) return sleep(this.#context.clock, action.sleep.seconds * 1000);
    const target = {
      container: this.container,
      entrance,
      netns: this.#scope.netns,
      podIP: this.#scope.podIPs[0] ?? '127.0.0.1',
    };
    await performAction(action, target, graceMs);
  }

  #noteEnd(exit: ContainerExit, startedAt: string): void {
    const terminated = {
      exitCode: exit.exitCode,
      reason: exit.exitCode === 0 ? 'Completed' : 'Error',
      startedAt,
      finishedAt: metaTime(this.#context.clock.date()),
      containerID: this.#containerID(),
    };
    this.#update({ state: { terminated }, ready: false });
  }

  async #backOff(): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    this.#crashes += 1;
    const delay = restartDelay(this.#crashes, this.#context.restartBackoff);
    if (delay > 0) {
      const { name } = this.container;
      const message = `back-off ${Math.round(delay / 1000)}s restarting failed container=${name}`;
      const waiting = this.#record.state.waiting ?? { reason: 'CrashLoopBackOff', message };
      this.#tell('Warning', 'BackOff', message);
      this.#update({ state: { waiting }, ...this.#lastState() });
      await sleep(this.#context.clock, delay, signal);
    }
    if (signal.aborted) return;
    await this.#nextAttempt();
  }

  async #nextAttempt(): Promise<void> {
    this.#update({ ...this.#lastState(), restartCount: this.#record.restartCount + 1, started: false });
    this.#attempt += 1;
    for (const part of ['', '.1']) await rm(`${this.#logFileOf(this.#attempt - 2)}${part}`, { force: true });
  }

  #lastState(): { lastState?: ContainerState } {
    const { terminated } = this.#record.state;
    return terminated ? { lastState: { terminated } } : {};
  }

  #update(change: Partial<ContainerRecord>): void {
    Object.assign(this.#record, change);
    this.#scope.report();
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { events, logger } = this.#context;
    const { pod } = this.#scope;
    events.record(pod, { type, reason, message });
    logger.debug(
      { pod: pod.metadata.name, namespace: pod.metadata.namespace, container: this.container.name },
      message,
    );
  }

  #containerID(): string {
    return `lab://${this.#scope.pod.metadata.uid}/${this.container.name}/${this.#attempt}`;
  }

  #logFileOf(attempt: number): string {
    return `${this.#scope.directory}/logs/${this.container.name}/${attempt}.log`;
  }
}
