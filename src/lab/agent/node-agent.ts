/**
 * The lab's kubelet and CNI for one node: runs the Pods that are bound to it, as processes in namespaces of this machine.
 * It runs inside the lab's sandbox, as root there. Speaks only Kubernetes REST and the node's OVSDB.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Backoff } from '../../base/backoff.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import { EventRecorder } from '../../kube/events.ts';
import { ipKind } from '../../resources/kubeovn/ip.ts';
import { type KubeObject, objectKey } from '../../resources/meta.ts';
import { configMaps, type Pod, pods, secrets } from '../cluster/core-kinds.ts';
import { createFollow } from '../follow.ts';
import type { Logger } from '../logger.ts';
import type { AgentContext } from './agent-context.ts';
import { execCommand } from './container-process.ts';
import { readRootPlan } from './container-root.ts';
import { Slots } from './coordination.ts';
import type { ImageTable } from './images.ts';
import { type LogLine, type LogSelection, readLog } from './log-file.ts';
import { keepRegistered } from './node-registration.ts';
import { podPortName } from './pod-address.ts';
import { removePodNetwork } from './pod-network.ts';
import { PodWorker } from './pod-worker.ts';
import { referencedSources } from './volume-content.ts';

export { echoCommand, type ImageTable } from './images.ts';
export type { LogLine } from './log-file.ts';

export interface NodeAgentOptions {
  client: KubeClient;
  nodeName: string;
  /** The node's network namespace, as `ip netns` names it. */
  netns: string;
  /** The socket of the node's ovsdb-server. */
  ovsSocket: string;
  /** The node's own addresses, as in its status: `192.168.1.4`. */
  nodeIPs: readonly string[];
  /** What container images stand for. */
  images: ImageTable;
  logger: Logger;
  /** Default `br-int`. */
  bridge?: string;
  /** For `node-role.kubernetes.io/ROLE`. */
  roles?: readonly string[];
  labels?: Readonly<Record<string, string>>;
  /** On a file system in memory. Default `/run/kdc-agent/NODE`. */
  stateDirectory?: string;
  /** Given to every container, such as `KUBERNETES_SERVICE_HOST`. */
  environment?: Readonly<Record<string, string>>;
  /** Lines for every Pod's /etc/hosts, such as `10.101.0.1 kubernetes.default.svc`. */
  hostEntries?: readonly string[];
  /** For every Pod's /etc/resolv.conf. */
  nameservers?: readonly string[];
  /** How long a Pod waits for OVN to set up its port before its containers start anyway. Default 10 s; 0: not at all. */
  portTimeoutMs?: number;
  /** Pods and containers being set up at once. Default 4. */
  concurrency?: number;
  /** Default: 1 s doubling up to 30 s, so that a lab heals while one looks at it. */
  restartBackoff?: Backoff;
  clock?: Clock;
}

export interface LogQuery extends LogSelection {
  /** Default: the Pod's first container. */
  container?: string;
  /** The run before the current one. */
  previous?: boolean;
}

export interface NodeAgent {
  /**
   * The command line, for inside the sandbox, that runs `command` in a container: `namespace`, `pod` and, unless it is the
   * first, `container`. Undefined when it does not run on this node now.
   */
  execCommand(pod: PodContainer, command: readonly string[]): [string, ...string[]] | undefined;
  /** Undefined when this node has no such container. */
  logs(pod: PodContainer, query?: LogQuery): LogLine[] | undefined;
  /** Stops every Pod's processes and removes what they had here, and says nothing about it to the API. */
  stop(): Promise<void>;
}

export interface PodContainer {
  namespace: string;
  pod: string;
  container?: string;
}

const informersOf = ({ client, logger }: NodeAgentOptions) => {
  const follow = createFollow(client, logger);
  return { pods: follow(pods), secrets: follow(secrets), configMaps: follow(configMaps), ips: follow(ipKind.type) };
};

type Informers = ReturnType<typeof informersOf>;

const contextOf = (options: NodeAgentOptions, informers: Informers): AgentContext => ({
  client: options.client,
  clock: options.clock ?? systemClock,
  events: new EventRecorder({ client: options.client, component: 'kubelet', instance: options.nodeName }),
  logger: options.logger,
  nodeName: options.nodeName,
  nodeIPs: options.nodeIPs,
  node: {
    netns: options.netns,
    ovsSocket: options.ovsSocket,
    bridge: options.bridge ?? 'br-int',
    portTimeoutMs: options.portTimeoutMs ?? 10_000,
  },
  images: options.images,
  stateDirectory: options.stateDirectory ?? `/run/kdc-agent/${options.nodeName}`,
  environment: options.environment ?? {},
  hostEntries: options.hostEntries ?? [],
  nameservers: options.nameservers ?? [],
  rootPlan: readRootPlan(),
  restartBackoff: options.restartBackoff ?? { firstMs: 1000, longestMs: 30_000 },
  slots: new Slots(options.concurrency ?? 4),
  addressRecord: portName => informers.ips.get(portName),
  secret: (namespace, name) => informers.secrets.get(`${namespace}/${name}`),
  configMap: (namespace, name) => informers.configMaps.get(`${namespace}/${name}`),
});

/** Removes what an earlier agent of this node left. Its processes died with it, so every Pod is set up afresh. */
const clearLeftovers = async ({ stateDirectory, node }: AgentContext): Promise<void> => {
  const directory = `${stateDirectory}/pods`;
  if (!existsSync(directory)) return;
  await Promise.all(
    readdirSync(directory).map(async uid => {
      await removePodNetwork(node, uid);
      await rm(`${directory}/${uid}`, { recursive: true, force: true });
    }),
  );
};

class Agent implements NodeAgent {
  readonly #context: AgentContext;
  readonly #informers: Informers;
  readonly #workers = new Map<string, PodWorker>();
  readonly #runs = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #renewing: Promise<void> = Promise.resolve();

  constructor(options: NodeAgentOptions) {
    this.#informers = informersOf(options);
    this.#context = contextOf(options, this.#informers);
  }

  async start(options: NodeAgentOptions): Promise<void> {
    mkdirSync(`${this.#context.stateDirectory}/pods`, { recursive: true });
    await clearLeftovers(this.#context);
    const informers = Object.values(this.#informers);
    for (const informer of informers) informer.start();
    const { pods, secrets, configMaps, ips } = this.#informers;
    // Not the IPs: where their kind comes later, Pods that need one wait, and the others run.
    await Promise.all([pods, secrets, configMaps].map(informer => informer.synced));
    pods.onChange(changes => {
      for (const { type, object } of changes) this.#podChanged(object, type === 'deleted');
    });
    secrets.onChange(changes => this.#sourcesChanged('secrets', changes));
    configMaps.onChange(changes => this.#sourcesChanged('configMaps', changes));
    ips.onChange(changes => this.#addressesChanged(changes));
    const identity = { roles: options.roles ?? [], labels: options.labels ?? {} };
    const { ended } = await keepRegistered(this.#context, identity, this.#stopping.signal);
    this.#renewing = ended;
  }

  execCommand({ namespace, pod, container }: PodContainer, command: readonly string[]) {
    const worker = this.#find(namespace, pod);
    const entrance = worker?.runner(container ?? worker.pod.spec.containers[0]?.name ?? '')?.entrance;
    return entrance && execCommand(entrance, command);
  }

  logs({ namespace, pod, container }: PodContainer, { previous = false, ...selection }: LogQuery = {}) {
    const worker = this.#find(namespace, pod);
    const runner = worker?.runner(container ?? worker.pod.spec.containers[0]?.name ?? '');
    const file = previous ? runner?.previousLogFile : runner?.logFile;
    return file === undefined ? undefined : readLog(file, selection);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(Object.values(this.#informers).map(informer => informer.stop()));
    await Promise.all([...this.#workers.values()].map(worker => worker.abandon()));
    await Promise.all([...this.#runs.values(), this.#renewing]);
  }

  #find(namespace: string, name: string): PodWorker | undefined {
    const uid = this.#informers.pods.get(objectKey({ namespace, name }))?.metadata.uid;
    return this.#workers.get(uid ?? '');
  }

  #podChanged(pod: Pod, isGone: boolean): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#workers.get(uid);
    if (isGone) known?.remove();
    else if (known) known.update(pod);
    else if (pod.spec.nodeName === this.#context.nodeName && !this.#stopping.signal.aborted) this.#begin(uid, pod);
  }

  #begin(uid: string, pod: Pod): void {
    const worker = new PodWorker(this.#context, pod);
    this.#workers.set(uid, worker);
    const run = worker
      .run()
      .catch(error => this.#context.logger.warn({ err: error, pod: pod.metadata.name }, 'a pod was left unfinished'))
      .finally(() => {
        this.#workers.delete(uid);
        this.#runs.delete(uid);
      });
    this.#runs.set(uid, run);
  }

  #addressesChanged(changes: readonly { object: KubeObject }[]): void {
    const changed = new Set(changes.map(({ object }) => object.metadata.name));
    for (const worker of this.#workers.values()) if (changed.has(podPortName(worker.pod))) worker.addressChanged();
  }

  #sourcesChanged(kind: 'secrets' | 'configMaps', changes: readonly { object: KubeObject }[]): void {
    const changed = new Set(changes.map(({ object }) => objectKey(object.metadata)));
    for (const worker of this.#workers.values()) {
      const { namespace } = worker.pod.metadata;
      const names = referencedSources(worker.pod)[kind];
      if (![...names].some(name => changed.has(objectKey({ namespace, name })))) continue;
      worker.sourcesChanged().catch(error => this.#context.logger.warn({ err: error }, 'volumes could not be updated'));
    }
  }
}

/** Resolves when the node is registered and its Pods are being looked after. */
export const startNodeAgent = async (options: NodeAgentOptions): Promise<NodeAgent> => {
  const agent = new Agent(options);
  await agent.start(options);
  return agent;
};
