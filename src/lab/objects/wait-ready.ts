import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../resources/meta.ts';
import { LabError } from '../errors.ts';
import { until } from '../wait.ts';
import type { Sources } from './describe.ts';
import { explainWaiting, notReady, type Waiting } from './not-ready.ts';
import { ResourceTypes } from './resource-types.ts';

export interface WaitReadyOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  sources?: Sources;
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
    const reasons = await explainWaiting(client, waiting, options.sources ?? new Map());
    throw new LabError(`not ready after ${options.timeoutMs / 1000} s:\n${reasons}`);
  }
};
