/**
 * A replica of one kind's objects: listed once, then followed by a watch, through cut connections, server restarts and
 * forgotten history. Handlers see differences only, whatever happened in between.
 */
import { delayAfter } from '../base/backoff.ts';
import { type Clock, sleep, systemClock } from '../base/clock.ts';
import type { KubeObject, ResourceType } from '../resources/meta.ts';
import type { KubeClient, Selection } from './client.ts';
import { ApiError, TooManyRequests, Unavailable } from './errors.ts';
import { type Change, Store } from './store.ts';
import type { WatchEvent } from './watch-stream.ts';

export interface InformerOptions<T extends KubeObject> extends Selection {
  readonly client: Pick<KubeClient, 'list' | 'watch'>;
  readonly type: ResourceType<T>;
  /** Applied to every object before it is kept; `withoutManagedFields` saves about half of the memory. */
  readonly transform?: (object: T) => T;
  /** Told of every failure that is being retried, and of handlers that throw. */
  readonly onError?: (error: unknown) => void;
  /** Seconds after which the server ends a watch; drawn anew for each, so that watches do not all end together. */
  readonly watchSeconds?: { readonly least: number; readonly most: number };
  /** Milliseconds of silence after which a watch is given up; for servers whose bookmarks come more often. */
  readonly idleTimeout?: number;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
}

export type ChangeHandler<T extends KubeObject> = (changes: readonly Change<T>[]) => void;

/** A watch that ends sooner without having brought anything counts as failed. */
const SHORTEST_HEALTHY_WATCH = 1000;

const BACKOFF = { firstMs: 200, longestMs: 10_000 };

export class Informer<T extends KubeObject> {
  readonly #options: InformerOptions<T>;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #store = new Store<T>();
  readonly #handlers = new Set<ChangeHandler<T>>();
  readonly #stopping = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  /** Attempts in a row that brought nothing. */
  #failures = 0;
  #running: Promise<void> | undefined;

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    // Who does not wait for it is not to be bothered with its rejection.
    this.#synced.promise.catch(() => undefined);
  }

  /** Begins to follow the server; once. */
  start(): this {
    this.#running ??= this.#run();
    return this;
  }

  /** Ends the watch and waits until nothing of it is left open. Handlers are not called any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#synced.reject(new Error(`the informer of ${this.#options.type.kind} was stopped`));
    await this.#running;
  }

  /** Resolves when the first list is in the store and handlers have seen it; rejects when stopped before. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get size(): number {
    return this.#store.size;
  }

  /** `key` as made by `objectKey`: `namespace/name`, or `name`. Objects are shared: never change one. */
  get(key: string): T | undefined {
    return this.#store.get(key);
  }

  list(): T[] {
    return this.#store.list();
  }

  /** `valuesOf` has to be pure. May be added at any time. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): this {
    this.#store.addIndex(name, valuesOf);
    return this;
  }

  byIndex(name: string, value: string): T[] {
    return this.#store.byIndex(name, value);
  }

  /** The handler is told at once, in one batch, what is there already. @returns what ends it */
  onChange(handler: ChangeHandler<T>): () => void {
    this.#handlers.add(handler);
    const known = this.#store.list().map(object => ({ type: 'added', object }) as const);
    this.#tell(handler, known);
    return () => this.#handlers.delete(handler);
  }

  /**
   * Takes in what a write of ours was answered, so that whoever reads next reads it. Older news than the store's are ignored.
   * With a label or field selector, pass only objects that it selects.
   */
  observe(object: T): void {
    if (this.#selects(object)) this.#publish(this.#store.observe(this.#transformed(object)));
  }

  /** As `observe`, for an object we deleted and that the server said is gone. */
  observeDeletion(object: T): void {
    this.#publish(this.#store.observeDeletion(object));
  }

  #selects({ metadata }: T): boolean {
    return !this.#options.namespace || metadata.namespace === this.#options.namespace;
  }

  #transformed(object: T): T {
    return this.#options.transform ? this.#options.transform(object) : object;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let listed = false;
    while (!signal.aborted) {
      try {
        if (!listed) await this.#list();
        listed = true;
        await this.#watch();
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onError?.(error);
        listed = listed && canGoOn(error);
        this.#failures += 1;
        await sleep(this.#clock, delayAfter(this.#failures, BACKOFF, this.#random), signal);
      }
    }
  }

  async #list(): Promise<void> {
    const { client, type, namespace, labelSelector, fieldSelector, transform } = this.#options;
    const { signal } = this.#stopping;
    const replace = this.#store.startReplacing();
    const selection = { namespace, labelSelector, fieldSelector, signal, transform };
    const { items, resourceVersion } = await client.list(type, selection);
    if (signal.aborted) return;
    this.#publish(replace(items, resourceVersion));
    this.#hasSynced = true;
    this.#synced.resolve();
  }

  async #watch(): Promise<void> {
    const { client, type, namespace, labelSelector, fieldSelector, idleTimeout } = this.#options;
    const { signal } = this.#stopping;
    const selection = { namespace, labelSelector, fieldSelector, idleTimeout, signal };
    const resourceVersion = this.#store.position ?? '';
    const startedAt = this.#clock.now();
    let quiet = true;
    for await (const events of client.watch(type, { ...selection, resourceVersion, timeoutSeconds: this.#seconds() })) {
      if (signal.aborted) return;
      this.#publish(events.flatMap(event => this.#take(event)));
      this.#failures = 0;
      quiet = false;
    }
    if (quiet && !signal.aborted && this.#clock.now() - startedAt < SHORTEST_HEALTHY_WATCH) {
      throw new WatchEndedAtOnce(type.kind);
    }
  }

  #seconds(): number {
    const { least, most } = this.#options.watchSeconds ?? { least: 240, most: 480 };
    return Math.round(least + (most - least) * this.#random());
  }

  #take(event: WatchEvent<T>): Change<T>[] {
    if (event.type === 'BOOKMARK') {
      this.#store.advance(event.object.metadata.resourceVersion);
      return [];
    }
    const object = this.#transformed(event.object);
    return event.type === 'DELETED' ? this.#store.acceptDeletion(object) : this.#store.accept(object);
  }

  #publish(changes: readonly Change<T>[]): void {
    for (const handler of this.#handlers) this.#tell(handler, changes);
  }

  /** A handler that throws is a bug of its own; the others and the replica go on. */
  #tell(handler: ChangeHandler<T>, changes: readonly Change<T>[]): void {
    if (changes.length === 0 || this.#stopping.signal.aborted) return;
    try {
      handler(changes);
    } catch (error) {
      this.#options.onError?.(error);
    }
  }
}

/** A server, or a proxy before it, that ends watches without a word does not say whether it still knows our version. */
class WatchEndedAtOnce extends Error {
  override readonly name = 'WatchEndedAtOnce';
  constructor(kind: string) {
    super(`the watch of ${kind} ended as soon as it began`);
  }
}

/**
 * Whether the next watch may start where this one was cut. After any answer that refuses the version we hold (410, a version
 * of the future after a restore, a kind that is gone), only a new list tells the truth.
 */
const canGoOn = (error: unknown): boolean => {
  if (error instanceof TooManyRequests) return true;
  if (error instanceof Unavailable) return error.code !== 504;
  return !(error instanceof ApiError || error instanceof WatchEndedAtOnce);
};

/** Drops who wrote which field: it is often half of an object, and only `kubectl` reads it. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!object.metadata.managedFields) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
