import { MultiMap } from '../base/multi-map.ts';

/**
 * Who must be looked at again when something changes. While an owner is reconciled, everything it reads is recorded as a
 * signal (`Vpc/shalb-demo`, `Pod#subnet=ovn-default`), whether it was found or not; when a signal fires, the owners that
 * read it are woken. So no controller declares what it watches, and an owner whose input does not exist yet is parked, not polled.
 *
 * There are ten signals to an owner, and most have one reader: neither a set of one is kept, nor a second copy of the names.
 */
export class Dependencies<O extends string> {
  readonly #readers = new MultiMap<string, O>();
  readonly #reads = new Map<O, readonly string[]>();

  /** Replaces what `owner` is known to have read. An empty set forgets the owner. */
  record(owner: O, signals: ReadonlySet<string>): void {
    const before = this.#reads.get(owner) ?? [];
    if (before.length === signals.size && before.every(signal => signals.has(signal))) return;
    for (const signal of before) if (!signals.has(signal)) this.#readers.delete(signal, owner);
    const known = new Set(before);
    for (const signal of signals) if (!known.has(signal)) this.#readers.add(signal, owner);
    if (signals.size > 0) this.#reads.set(owner, [...signals]);
    else this.#reads.delete(owner);
  }

  /** The owners that read this signal in their last reconcile. */
  readersOf(signal: string): Iterable<O> {
    return this.#readers.get(signal);
  }
}
