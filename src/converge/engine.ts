import type { Clock } from '../base/clock.ts';
import { Dependencies } from './dependencies.ts';
import type { Outcome, Owner } from './piece.ts';
import { Queue, type Verdict } from './queue.ts';

/** Called while an owner's inputs are gathered, once for each thing that was looked for, found or not. */
export type NoteRead = (signal: string) => void;

/**
 * Gathers and compiles now, synchronously, noting what it reads; returns how to commit the result.
 * Synchronous, so that no event can fall between reading an input and noting that it was read.
 */
export type Prepare = (owner: Owner, read: NoteRead) => () => Promise<Outcome>;

export interface EngineOptions {
  readonly prepare: Prepare;
  readonly clock: Clock;
  /** Owners worked on at once. */
  readonly concurrency: number;
  /** Every reconcile's end: for logs and metrics. A thrown error arrives as `retry` with `bug` set. */
  readonly onOutcome?: (owner: Owner, outcome: Outcome, bug?: Error) => void;
}

/** Keeps every owner's desired state true: reconciles what is enqueued, and again whenever something it read changes. */
export class Engine {
  readonly #dependencies = new Dependencies<Owner>();
  /** Signals that fired while an owner was committed: what it waits for in the end may be among them. */
  readonly #firedMeanwhile = new Map<Owner, Set<string>>();
  readonly #queue: Queue<Owner>;
  readonly #options: EngineOptions;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#queue = new Queue(owner => this.#reconcile(owner), options);
  }

  /** `background` is for the walk through everything at start-up: whatever just changed goes before it. */
  enqueue(owner: Owner, priority: 'urgent' | 'background' = 'urgent'): void {
    this.#queue.add(owner, priority);
  }

  /** Something changed: wakes every owner that read it. */
  signal(signal: string): void {
    for (const fired of this.#firedMeanwhile.values()) fired.add(signal);
    for (const owner of [...this.#dependencies.readersOf(signal)]) this.#queue.add(owner);
  }

  /** Owners that wait or are worked on. */
  get backlog(): number {
    return this.#queue.size;
  }

  /** Owners whose last reconcile failed and will be tried again. */
  get failing(): number {
    return this.#queue.failing;
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #reconcile(owner: Owner): Promise<Verdict> {
    const signals = new Set<string>();
    const fired = new Set<string>();
    this.#firedMeanwhile.set(owner, fired);
    try {
      const commit = this.#options.prepare(owner, signal => signals.add(signal));
      this.#dependencies.record(owner, signals);
      const outcome = await commit();
      if (outcome.kind === 'waiting' || outcome.kind === 'rejected') {
        this.#dependencies.record(owner, new Set([...signals, ...outcome.on]));
        if (outcome.on.some(signal => fired.has(signal))) this.#queue.add(owner);
      }
      this.#options.onOutcome?.(owner, outcome);
      return verdictOf(outcome);
    } catch (error) {
      const bug = error instanceof Error ? error : new Error(String(error));
      this.#options.onOutcome?.(owner, { kind: 'retry', message: bug.message }, bug);
      return 'failed';
    } finally {
      this.#firedMeanwhile.delete(owner);
    }
  }
}

const verdictOf = (outcome: Outcome): Verdict => {
  if (outcome.kind === 'retry') return 'failed';
  return 'afterMs' in outcome && outcome.afterMs !== undefined ? { afterMs: outcome.afterMs } : 'done';
};
