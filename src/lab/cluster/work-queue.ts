/**
 * A queue of keys, as client-go's workqueue: a key waits at most once, is never worked on twice at the same time, and comes
 * back later and later while its work fails.
 */
import { type Backoff, createBackoff } from '../../kube/backoff.ts';

export interface WorkQueueOptions {
  /** Does the work of one key; may ask to be called again after so many milliseconds. */
  work: (key: string) => Promise<number | undefined>;
  onError: (key: string, error: unknown) => void;
  /** Default 4. */
  concurrency?: number;
  /** In [0, 1). */
  random?: () => number;
}

export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting = new Set<string>();
  readonly #active = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, Backoff>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  add(key: string): void {
    if (this.#stopped) return;
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#waiting.add(key);
    this.#pump();
  }

  /** Adds the key later; an earlier `add` makes this one void. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#stopped || this.#waiting.has(key)) return;
    clearTimeout(this.#timers.get(key));
    this.#timers.set(
      key,
      setTimeout(() => this.add(key), milliseconds),
    );
  }

  /** Resolves when no key waits or is worked on; keys that come back later do not count. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** No key is begun any more; resolves when those at work have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.clear();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #pump(): void {
    for (const key of this.#waiting) {
      if (this.#active.size >= (this.#options.concurrency ?? 4)) return;
      if (this.#active.has(key)) continue;
      this.#waiting.delete(key);
      this.#active.add(key);
      const running = this.#run(key).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  async #run(key: string): Promise<void> {
    try {
      const again = await this.#options.work(key);
      this.#failures.delete(key);
      if (again !== undefined) this.addAfter(key, again);
    } catch (error) {
      this.#options.onError(key, error);
      this.addAfter(key, this.#backoffOf(key).next());
    } finally {
      this.#active.delete(key);
      this.#pump();
    }
  }

  #backoffOf(key: string): Backoff {
    const known = this.#failures.get(key);
    if (known) return known;
    const made = createBackoff({ base: 50, limit: 10_000, random: this.#options.random ?? Math.random });
    this.#failures.set(key, made);
    return made;
  }
}
