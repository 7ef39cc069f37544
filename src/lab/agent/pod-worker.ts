/**
 * One Pod on this node, from its first sight to its last trace.
 *
 * INVARIANTS:
 * - Containers start only when network and volumes are complete; nothing of the Pod is left when its API object goes.
 * - A Pod that is being deleted starts nothing any more; a Pod that has ended is never started again.
 */

import { rm } from 'node:fs/promises';
import { sleep } from '../../base/clock.ts';
import { NotFound } from '../../kube/errors.ts';
import { refOf } from '../../kube/resource-path.ts';
import { metaTime } from '../../resources/meta.ts';
import { type Container, type Pod, type PodStatus, pods } from '../cluster/core-kinds.ts';
import { hasEnded, isTerminating } from '../cluster/pod-state.ts';
import { type AgentContext, podDirectory } from './agent-context.ts';
import { ContainerRunner, type PodScope, type RestartPolicy } from './container-runner.ts';
import { aborted, Notifier, unlessAborted } from './coordination.ts';
import { hostsFile, podHostname, resolvConf } from './etc-files.ts';
import { type PodNetwork, podPortName, readPodNetwork } from './pod-address.ts';
import { createPodNetwork, networkNames, removePodNetwork, waitForPort } from './pod-network.ts';
import { unsafeField } from './pod-safety.ts';
import { type ContainerRecord, isSidecar, newRecord, podStatus } from './pod-status.ts';
import { PodVolumes } from './pod-volumes.ts';
import { StatusReporter } from './status-reporter.ts';

export class PodWorker implements PodScope {
  pod: Pod;
  podIPs: readonly string[] = [];
  readonly directory: string;
  readonly netns: string;
  readonly #context: AgentContext;
  readonly #uid: string;
  readonly #deleted = new AbortController();
  readonly #removed = new AbortController();
  readonly #notifier = new Notifier();
  readonly #volumes: PodVolumes;
  readonly #reporter: StatusReporter;
  readonly #records: ContainerRecord[];
  readonly #initRecords: ContainerRecord[];
  readonly #runners = new Map<string, ContainerRunner>();
  readonly #runs = new Set<Promise<unknown>>();
  readonly #startTime: string;
  #hasNetwork = false;
  #ended = false;

  constructor(context: AgentContext, pod: Pod) {
    this.pod = pod;
    this.#context = context;
    this.#uid = pod.metadata.uid ?? '';
    this.directory = podDirectory(context, this.#uid);
    this.netns = pod.spec.hostNetwork ? context.node.netns : networkNames(this.#uid).netns;
    this.#startTime = pod.status?.startTime ?? metaTime(context.clock.date());
    this.#volumes = new PodVolumes(context, this.#uid);
    this.#records = pod.spec.containers.map(container => recordOf(container, pod, 'ContainerCreating'));
    this.#initRecords = (pod.spec.initContainers ?? []).map(container => recordOf(container, pod, 'PodInitializing'));
    this.#reporter = new StatusReporter(context, this.#removed.signal, () => ({
      pod: this.pod,
      status: this.#status(),
    }));
    this.update(pod);
  }

  get deleted(): AbortSignal {
    return this.#deleted.signal;
  }

  get hostname(): string {
    return this.pod.spec.hostNetwork ? this.#context.nodeName : podHostname(this.pod);
  }

  runner(container: string): ContainerRunner | undefined {
    return this.#runners.get(container);
  }

  /** News of the Pod from the API. */
  update(pod: Pod): void {
    this.pod = pod;
    if (isTerminating(pod)) this.#deleted.abort();
    this.#notifier.notify();
    if (this.#hasNetwork && (pod.spec.readinessGates?.length ?? 0) > 0) this.report();
  }

  /** The Pod is not in the API any more: nobody wants to hear of it. */
  remove(): void {
    this.#removed.abort();
    this.#deleted.abort();
  }

  /** The IP object of its port has changed. */
  addressChanged(): void {
    this.#notifier.notify();
  }

  /** A Secret or ConfigMap has changed. */
  async sourcesChanged(): Promise<void> {
    if (this.#hasNetwork && !this.#ended && !this.deleted.aborted) await this.#volumes.write(this.pod);
    this.#notifier.notify();
  }

  binds(container: Container) {
    return this.#volumes.bindsOf(this.pod, container);
  }

  /** Files of /etc, by name. */
  get etc(): ReadonlyMap<string, string> {
    const { hostEntries, nameservers } = this.#context;
    return new Map([
      ['hosts', hostsFile(this.pod, this.podIPs, hostEntries)],
      ['resolv.conf', resolvConf(this.pod, nameservers)],
      ['hostname', `${this.hostname}\n`],
    ]);
  }

  changed(signal: AbortSignal): Promise<void> {
    return this.#notifier.wait(signal);
  }

  report(): void {
    if (!this.#removed.signal.aborted) this.#reporter.report();
  }

  /** Resolves when the Pod is gone from this node and, if it was being deleted, from the API. */
  async run(): Promise<void> {
    const unsafe = unsafeField(this.pod);
    if (unsafe !== undefined) this.#explain(unsafe, 'FailedCreatePodSandBox');
    const living =
      hasEnded(this.pod) || unsafe !== undefined
        ? Promise.resolve()
        : this.#live().catch(error => this.#explain(String(error)));
    await aborted(this.deleted);
    if (!this.#removed.signal.aborted) this.#announceEnd();
    await this.#stopContainers();
    await living;
    await this.#clear();
    this.report();
    await this.#reporter.settled();
    if (!this.#removed.signal.aborted) await this.#finalize();
  }

  /** The node goes down: nothing is said to the API, and nothing stays. */
  async abandon(): Promise<void> {
    this.#removed.abort();
    this.#deleted.abort();
    await Promise.all([...this.#runners.values()].map(runner => runner.stop(0)));
  }

  async #live(): Promise<void> {
    this.report();
    for (let wait = 250; !this.deleted.aborted; wait = Math.min(wait * 2, 10_000)) {
      try {
        if (await this.#setUp()) break;
        return;
      } catch (error) {
        this.#explain(error instanceof Error ? error.message : String(error), 'FailedCreatePodSandBox');
        await sleep(this.#context.clock, wait, this.deleted);
        await this.#removeNetwork();
      }
    }
    const completed = await this.#runInitContainers();
    if (completed) await Promise.all(this.pod.spec.containers.map(container => this.#start(container, this.#records)));
    if (this.deleted.aborted) return;
    this.#ended = true;
    await this.#stopContainers();
    await this.#removeNetwork();
    this.report();
  }

  /** Network, then volumes. @returns false when the Pod is deleted meanwhile */
  async #setUp(): Promise<boolean> {
    if (!(await this.#connect())) return false;
    this.#hasNetwork = true;
    await this.#volumes.fetchTokens(this.pod);
    while (!this.deleted.aborted) {
      const result = await this.#volumes.write(this.#podWithAddresses());
      if ('value' in result) return true;
      this.#explain(result.missing, 'FailedMount');
      await this.changed(this.deleted);
    }
    return false;
  }

  async #connect(): Promise<boolean> {
    if (this.pod.spec.hostNetwork) {
      this.podIPs = this.#context.nodeIPs;
      return true;
    }
    const wanted = await this.#networkGiven();
    if (!wanted) return false;
    const { node, slots, logger } = this.#context;
    await slots.run(() => createPodNetwork(node, this.pod, wanted));
    this.podIPs = wanted.addresses.map(address => address.ip);
    this.report();
    const isUp = await unlessAborted(waitForPort(node, this.#uid), this.deleted);
    if (isUp === false)
      logger.warn(
        { pod: this.pod.metadata.name, namespace: this.pod.metadata.namespace },
        'OVN has not set up the port',
      );
    return true;
  }

  /** @returns undefined when the Pod is deleted meanwhile */
  async #networkGiven(): Promise<PodNetwork | undefined> {
    while (!this.deleted.aborted) {
      const reading = readPodNetwork(this.pod, this.#context.addressRecord(podPortName(this.pod)));
      if (reading.state === 'ready') return reading.network;
      this.#explain(reading.message, reading.state === 'refused' ? 'FailedCreatePodSandBox' : undefined);
      await this.changed(this.deleted);
    }
    return undefined;
  }

  /** The downward API has to know the addresses before the API server's copy of the status does. */
  #podWithAddresses(): Pod {
    const [podIP] = this.podIPs;
    const [hostIP] = this.#context.nodeIPs;
    const status = {
      ...this.pod.status,
      podIPs: this.podIPs.map(ip => ({ ip })),
      hostIPs: this.#context.nodeIPs.map(ip => ({ ip })),
      ...(podIP === undefined ? {} : { podIP }),
      ...(hostIP === undefined ? {} : { hostIP }),
    };
    return { ...this.pod, status };
  }

  async #runInitContainers(): Promise<boolean> {
    for (const container of this.pod.spec.initContainers ?? []) {
      const run = this.#start(container, this.#initRecords);
      if (isSidecar(container)) await this.#untilStarted(container);
      else if ((await run) !== 0) return false;
      if (this.deleted.aborted) return false;
    }
    return true;
  }

  async #untilStarted({ name }: Container): Promise<void> {
    const record = this.#initRecords.find(candidate => candidate.name === name);
    while (record?.started === false && !this.deleted.aborted) await this.changed(this.deleted);
  }

  #start(container: Container, records: readonly ContainerRecord[]): Promise<number | undefined> {
    if (this.deleted.aborted) return Promise.resolve(undefined);
    const record = records.find(candidate => candidate.name === container.name) ?? newRecord(container, '');
    const scope = this.#scope();
    const runner = new ContainerRunner(this.#context, scope, { container, policy: this.#policyOf(container), record });
    this.#runners.set(container.name, runner);
    const run = runner.run().catch((error: unknown) => {
      this.#explain(error instanceof Error ? error.message : String(error));
      return undefined;
    });
    this.#runs.add(run);
    return run;
  }

  /** Containers see the Pod with its addresses, and wake whoever waits for them. */
  #scope(): PodScope {
    const worker = this;
    return {
      get pod() {
        return worker.#podWithAddresses();
      },
      directory: this.directory,
      netns: this.netns,
      hostname: this.hostname,
      podIPs: this.podIPs,
      etc: this.etc,
      deleted: this.deleted,
      binds: container => this.binds(container),
      changed: signal => this.changed(signal),
      report: () => {
        this.report();
        this.#notifier.notify();
      },
    };
  }

  #policyOf(container: Container): RestartPolicy {
    if (isSidecar(container)) return 'Always';
    const policy = this.pod.spec.restartPolicy ?? 'Always';
    const isInit = this.pod.spec.initContainers?.includes(container) ?? false;
    if (policy === 'Never') return 'Never';
    return isInit || policy === 'OnFailure' ? 'OnFailure' : 'Always';
  }

  #announceEnd(): void {
    for (const { entrance, container } of this.#runners.values()) {
      const message = `Stopping container ${container.name}`;
      if (entrance) this.#context.events.record(this.pod, { type: 'Normal', reason: 'Killing', message });
    }
  }

  async #stopContainers(): Promise<void> {
    const seconds = this.pod.metadata.deletionGracePeriodSeconds ?? this.pod.spec.terminationGracePeriodSeconds ?? 30;
    await Promise.all([...this.#runners.values()].map(runner => runner.stop(seconds * 1000)));
    await Promise.all(this.#runs);
  }

  async #removeNetwork(): Promise<void> {
    if (!this.pod.spec.hostNetwork) await removePodNetwork(this.#context.node, this.#uid);
  }

  async #clear(): Promise<void> {
    await this.#removeNetwork();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #finalize(): Promise<void> {
    const preconditions = { uid: this.#uid };
    const deletion = this.#context.client.delete(pods, refOf(this.pod), { preconditions, gracePeriodSeconds: 0 });
    await deletion.catch(error => {
      if (!(error instanceof NotFound)) throw error;
    });
  }

  /** Tells through the containers that wait why they do; what is worth a warning is an event too, with this reason. */
  #explain(message: string, reason?: string): void {
    const isNews = [...this.#records, ...this.#initRecords].some(({ state }) => state.waiting?.message !== message);
    if (reason !== undefined && isNews) this.#context.events.record(this.pod, { type: 'Warning', reason, message });
    for (const record of [...this.#records, ...this.#initRecords])
      if (record.state.waiting) record.state = { waiting: { ...record.state.waiting, message } };
    this.report();
  }

  #status(): PodStatus {
    if (hasEnded(this.pod) && this.#runners.size === 0) return this.pod.status ?? {};
    return podStatus(this.pod, {
      nodeIPs: this.#context.nodeIPs,
      podIPs: this.podIPs,
      containers: this.#records,
      initContainers: this.#initRecords,
      ended: this.#ended,
      startTime: this.#startTime,
      now: metaTime(this.#context.clock.date()),
    });
  }
}

/** After a restart of the agent a container that ran before counts as restarted. */
const recordOf = (container: Container, pod: Pod, reason: string): ContainerRecord => {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const before = statuses.find(status => status.name === container.name);
  const ranBefore = before?.state.running ?? before?.state.terminated;
  return { ...newRecord(container, reason), restartCount: (before?.restartCount ?? 0) + (ranBefore ? 1 : 0) };
};
