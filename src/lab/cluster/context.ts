/** What every controller of the lab's cluster works with. */
import { systemClock } from '../../base/clock.ts';
import { Queue } from '../../converge/queue.ts';
import type { KubeClient } from '../../kube/client.ts';
import { EventRecorder } from '../../kube/events.ts';
import { type KubeObject, objectKey } from '../../resources/meta.ts';
import { createFollow } from '../follow.ts';
import type { Logger } from '../logger.ts';
import * as kinds from './core-kinds.ts';
import { controllerOf } from './pod-state.ts';

export interface ClusterOptions {
  client: KubeClient;
  logger: Logger;
  /** The certificate authority of the API (PEM), published in every namespace as `kube-root-ca.crt`. */
  rootCa?: string;
  /** The wall clock in milliseconds. */
  now?: () => number;
  /** In [0, 1). */
  random?: () => number;
  /** Milliseconds without a renewed Lease after which a node counts as dead. Kubernetes' default: 40 s. */
  nodeGraceMs?: number;
  /** Milliseconds after that until its pods are given up. Default 30 s: a lab should not wait Kubernetes' five minutes. */
  evictAfterMs?: number;
}

/** Indexes the controllers look objects up by. */
export const byController = 'controller';
export const byNamespace = 'namespace';
export const byNode = 'node';

const controllerIndex = (object: KubeObject): string[] => {
  const uid = controllerOf(object)?.uid;
  return uid === undefined ? [] : [uid];
};

const namespaceIndex = (object: KubeObject): string[] => [object.metadata.namespace ?? ''];

const createCaches = ({ client, logger }: ClusterOptions) => {
  const follow = createFollow(client, logger);
  return {
    pods: follow(kinds.pods)
      .addIndex(byController, controllerIndex)
      .addIndex(byNamespace, namespaceIndex)
      .addIndex(byNode, pod => (pod.spec.nodeName ? [pod.spec.nodeName] : [])),
    nodes: follow(kinds.nodes),
    leases: follow(kinds.leases, 'kube-node-lease'),
    services: follow(kinds.services).addIndex(byNamespace, namespaceIndex),
    endpoints: follow(kinds.endpoints),
    slices: follow(kinds.endpointSlices).addIndex(byController, controllerIndex),
    deployments: follow(kinds.deployments),
    replicaSets: follow(kinds.replicaSets)
      .addIndex(byController, controllerIndex)
      .addIndex(byNamespace, namespaceIndex),
    namespaces: follow(kinds.namespaces),
  };
};

export type Caches = ReturnType<typeof createCaches>;

export interface ClusterContext {
  client: KubeClient;
  caches: Caches;
  /** What `kubectl describe` shows beside an object. */
  events: EventRecorder;
  logger: Logger;
  now: () => number;
  random: () => number;
  options: ClusterOptions;
}

export const createContext = (options: ClusterOptions): ClusterContext => ({
  client: options.client,
  caches: createCaches(options),
  events: new EventRecorder({ client: options.client, component: 'kdc-lab', instance: 'cluster' }),
  logger: options.logger,
  now: options.now ?? Date.now,
  random: options.random ?? Math.random,
  options,
});

/** One controller at work. */
export interface Controller {
  /** Resolves when everything seen so far has been dealt with. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Several as one. */
export const joinControllers = (controllers: readonly Controller[]): Controller => ({
  idle: async () => void (await Promise.all(controllers.map(controller => controller.idle()))),
  stop: async () => void (await Promise.all(controllers.map(controller => controller.stop()))),
});

const QUEUE = { clock: systemClock, concurrency: 4, backoff: { firstMs: 50, longestMs: 10_000 } };

/** `work` does what one key needs, and may ask to be called again after so many milliseconds. */
export const createQueue = (
  { logger }: ClusterContext,
  controller: string,
  work: (key: string) => Promise<number | undefined>,
): Queue<string> =>
  new Queue(async key => {
    try {
      const afterMs = await work(key);
      return afterMs === undefined ? 'done' : { afterMs };
    } catch (error) {
      logger.debug({ err: error, controller, key }, 'will be tried again');
      return 'failed';
    }
  }, QUEUE);

export const keyOf = (object: KubeObject): string => objectKey(object.metadata);
