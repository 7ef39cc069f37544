/**
 * Events that `kubectl describe` shows beside an object. Core v1, because that is what kubectl reads.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 *
 * The same event again raises the count of the first instead of making another; an object that keeps shouting is heard less
 * often. Recording never fails and never waits: events are advice, not state.
 */

import { type Clock, systemClock } from '../base/clock.ts';
import { type KubeObject, metaTime, type ResourceType } from '../resources/meta.ts';
import type { KubeClient } from './client.ts';
import { NotFound } from './errors.ts';

interface KubeEvent extends KubeObject {
  involvedObject: ObjectReference;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  source: { component: string };
  reportingComponent: string;
  reportingInstance: string;
  firstTimestamp: string;
  lastTimestamp: string;
  count: number;
}

interface ObjectReference {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
  resourceVersion?: string;
}

export const eventType: ResourceType<KubeEvent> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

export interface Occurrence {
  readonly type: 'Normal' | 'Warning';
  /** Short UpperCamelCase, for machines: `AddressExhausted`. */
  readonly reason: string;
  /** For people; cut after 1024 characters. */
  readonly message: string;
}

export interface EventRecorderOptions {
  readonly client: Pick<KubeClient, 'create' | 'patch'>;
  /** Who speaks: `kube-dc-network`. */
  readonly component: string;
  /** Which of its processes. */
  readonly instance: string;
  readonly onError?: (error: unknown) => void;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** As client-go's spam filter: so many writes an object at once, then one every five minutes. */
const BURST = 25;
const REFILL_MILLISECONDS = 300_000;
/** Series and objects remembered; the least recently used are forgotten first. */
const MEMORY = 4096;
const LONGEST_MESSAGE = 1024;

/** One event as we have written it, and what happened since. */
interface Series {
  readonly event: KubeEvent;
  readonly object: string;
  count: number;
  lastTimestamp: string;
  written: number;
  writing: boolean;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #series = new Map<string, Series>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #writes = new Set<Promise<void>>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  record(object: KubeObject, occurrence: Occurrence): void {
    const series = this.#seriesOf(object, occurrence);
    series.count += 1;
    series.lastTimestamp = metaTime(this.#clock.date());
    if (series.writing || !this.#spend(series.object)) return;
    const write = this.#write(series).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
  }

  /** Resolves when everything recorded so far is written or given up; for an orderly end. */
  async flush(): Promise<void> {
    await Promise.all(this.#writes);
  }

  #seriesOf(object: KubeObject, { type, reason, message }: Occurrence): Series {
    const { uid, namespace = '', name } = object.metadata;
    const identity = [object.kind, namespace, name, uid].join('/');
    const key = [identity, type, reason, message].join('|');
    return remembered(this.#series, key, () => ({
      event: this.#eventOf(object, { type, reason, message }),
      object: identity,
      count: 0,
      lastTimestamp: '',
      written: 0,
      writing: false,
    }));
  }

  #eventOf(object: KubeObject, { type, reason, message }: Occurrence): KubeEvent {
    const { component, instance } = this.#options;
    const now = metaTime(this.#clock.date());
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: object.metadata.namespace ?? 'default', name: this.#nameFor(object) },
      involvedObject: referenceTo(object),
      type,
      reason,
      message: message.slice(0, LONGEST_MESSAGE),
      source: { component },
      reportingComponent: component,
      reportingInstance: instance,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
  }

  /** `OBJECT.SUFFIX`, within the 253 characters a name may have. */
  #nameFor({ metadata }: KubeObject): string {
    const suffix = Math.floor(this.#random() * 2 ** 48).toString(16);
    return `${metadata.name.slice(0, 240)}.${suffix}`;
  }

  /** Writes until nothing new has happened meanwhile. */
  async #write(series: Series): Promise<void> {
    series.writing = true;
    try {
      do await this.#writeOnce(series);
      while (series.count > series.written && this.#spend(series.object));
    } catch (error) {
      this.#options.onError?.(error);
    } finally {
      series.writing = false;
    }
  }

  async #writeOnce(series: Series): Promise<void> {
    const { client } = this.#options;
    const { count, lastTimestamp } = series;
    const latest = { count, lastTimestamp };
    const create = () => client.create(eventType, { ...series.event, ...latest });
    const ref = { namespace: series.event.metadata.namespace, name: series.event.metadata.name };
    if (series.written === 0) await create();
    else {
      await client.patch(eventType, ref, { type: 'merge', body: latest }).catch(error => {
        // The server forgets events after a while (an hour, by default).
        if (error instanceof NotFound) return create();
        throw error;
      });
    }
    series.written = count;
  }

  #spend(object: string): boolean {
    const now = this.#clock.now();
    const bucket = remembered(this.#buckets, object, () => ({ tokens: BURST, filledAt: now }));
    const refill = Math.floor((now - bucket.filledAt) / REFILL_MILLISECONDS);
    if (refill > 0) {
      bucket.tokens = Math.min(BURST, bucket.tokens + refill);
      bucket.filledAt += refill * REFILL_MILLISECONDS;
    }
    if (bucket.tokens === 0) return false;
    bucket.tokens -= 1;
    return true;
  }
}

/** Looks up or makes, keeps the most recently used. */
function remembered<V>(memory: Map<string, V>, key: string, make: () => V): V {
  const value = memory.get(key) ?? make();
  memory.delete(key);
  memory.set(key, value);
  const oldest = memory.keys().next();
  if (memory.size > MEMORY && !oldest.done) memory.delete(oldest.value);
  return value;
}

function referenceTo({ apiVersion, kind, metadata }: KubeObject): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    name,
    ...(namespace && { namespace }),
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
  };
}
