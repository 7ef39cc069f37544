import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../resources/meta.ts';
import { LabError } from '../errors.ts';
import { until } from '../wait.ts';
import { describeObject } from './apply.ts';
import { whyNotReady } from './readiness.ts';
import { ResourceTypes } from './resource-types.ts';

export interface Waiting {
  object: string;
  reason: string;
}

export interface WaitReadyOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  /** Told whenever the list of those that are not ready has been looked at again. */
  onWaiting?: (waiting: readonly Waiting[]) => void;
}

const INTERVAL_MS = 100;

/** Waits until all these objects are ready. A LabError lists those that are not when the time is up, each with its reason. */
export const waitReady = async (
  client: KubeClient,
  objects: readonly KubeObject[],
  options: WaitReadyOptions,
): Promise<void> => {
  const types = new ResourceTypes(client);
  let waiting: readonly Waiting[] = [];
  const allReady = async (): Promise<boolean> => {
    waiting = await notReady(client, types, objects);
    options.onWaiting?.(waiting);
    return waiting.length === 0;
  };
  try {
    await until(allReady, {
      what: 'objects',
      timeoutMs: options.timeoutMs,
      intervalMs: INTERVAL_MS,
      signal: options.signal,
    });
  } catch (error) {
    if (waiting.length === 0 || options.signal?.aborted) throw error;
    const lines = waiting.map(({ object, reason }) => `  ${object}: ${reason}`);
    throw new LabError(`not ready after ${options.timeoutMs / 1000} s:\n${lines.join('\n')}`);
  }
};

const notReady = async (
  client: KubeClient,
  types: ResourceTypes,
  objects: readonly KubeObject[],
): Promise<Waiting[]> => {
  const found = await Promise.all(objects.map(object => reasonOf(client, types, object)));
  return found.filter(waiting => waiting !== undefined);
};

const reasonOf = async (client: KubeClient, types: ResourceTypes, object: KubeObject): Promise<Waiting | undefined> => {
  const type = await types.of(object);
  const namespace = type.namespaced ? (object.metadata.namespace ?? 'default') : undefined;
  const current = await client.find(type, { namespace, name: object.metadata.name });
  const reason = current ? whyNotReady(current) : 'it does not exist';
  return reason === undefined ? undefined : { object: describeObject(object), reason };
};
