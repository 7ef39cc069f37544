import { type Backoff, delayAfter } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { Line } from './line.ts';

export interface QueueOptions {
  readonly clock: Clock;
  /** How many keys are worked on at once. */
  readonly concurrency: number;
  /** Of keys that fail. */
  readonly backoff?: Backoff;
}

/** What the worker says about a key: finished, or to be worked on again after some ms, or failed (backoff). */
export type Verdict = 'done' | 'failed' | { readonly afterMs: number };

/**
 * A work queue with the semantics of client-go's: a key waits at most once, is never worked on twice at once, and a key
 * added while it is worked on is worked on again afterwards. Urgent keys (something just changed) go before background
 * ones (the walk through everything at start-up), so that new work never waits for a restart.
 */
export class Queue<K extends string> {
  readonly #urgent = new Line<K>();
  readonly #background = new Line<K>();
  readonly #active = new Set<K>();
  readonly #again = new Set<K>();
  readonly #failures = new Map<K, number>();
  readonly #timers = new Map<K, () => void>();
  readonly #idleWaiters: (() => void)[] = [];
  readonly #work: (key: K) => Promise<Verdict>;
  readonly #options: Required<QueueOptions>;
  #stopped = false;

  constructor(work: (key: K) => Promise<Verdict>, options: QueueOptions) {
    this.#work = work;
    this.#options = { backoff: { firstMs: 5, longestMs: 30_000 }, ...options };
  }

  add(key: K, priority: 'urgent' | 'background' = 'urgent'): void {
    if (this.#stopped) return;
    if (this.#active.has(key)) {
      this.#again.add(key);
      return;
    }
    if (priority === 'urgent') {
      this.#background.delete(key);
      this.#urgent.add(key);
    } else if (!this.#urgent.has(key)) this.#background.add(key);
    this.#fill();
  }

  /** Keys that wait or are worked on; delayed ones do not count. */
  get size(): number {
    return this.#urgent.size + this.#background.size + this.#active.size;
  }

  /** Keys whose last attempt failed. */
  get failing(): number {
    return this.#failures.size;
  }

  /** Resolves when nothing waits and nothing is worked on. Delayed retries do not count. */
  idle(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise(resolve => this.#idleWaiters.push(resolve));
  }

  /** No key is started any more; resolves when those being worked on have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
    for (const set of [this.#timers, this.#urgent, this.#background, this.#again]) set.clear();
    await this.idle();
  }

  #fill(): void {
    while (this.#active.size < this.#options.concurrency) {
      const next = this.#urgent.take() ?? this.#background.take();
      if (next === undefined) return;
      this.#cancelTimer(next);
      this.#active.add(next);
      void this.#run(next);
    }
  }

  async #run(key: K): Promise<void> {
    // A worker that throws is a bug in it; the key is retried like any failure so that one bad object never stops the rest.
    const verdict = await this.#work(key).catch((): Verdict => 'failed');
    this.#active.delete(key);
    if (verdict === 'failed') this.#delay(key, this.#backoff(key));
    else this.#failures.delete(key);
    if (typeof verdict === 'object') this.#delay(key, verdict.afterMs);
    if (this.#again.delete(key)) this.add(key);
    this.#fill();
    if (this.size === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  #backoff(key: K): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const { backoff, clock } = this.#options;
    return delayAfter(failures, backoff, clock.random);
  }

  #delay(key: K, ms: number): void {
    if (this.#stopped) return;
    this.#cancelTimer(key);
    this.#timers.set(
      key,
      this.#options.clock.after(ms, () => {
        this.#timers.delete(key);
        this.add(key);
      }),
    );
  }

  #cancelTimer(key: K): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }
}
