/**
 * Who must be looked at again when something changes. While an owner is reconciled, everything it reads is recorded as a
 * signal (`Vpc/shalb-demo`, `Pod#subnet=ovn-default`), whether it was found or not; when a signal fires, the owners that
 * read it are woken. So no controller declares what it watches, and an owner whose input does not exist yet is parked, not polled.
 */
export class Dependencies<O> {
  readonly #readers = new Map<string, Set<O>>();
  readonly #reads = new Map<O, ReadonlySet<string>>();

  /** Replaces what `owner` is known to have read. An empty set forgets the owner. */
  record(owner: O, signals: ReadonlySet<string>): void {
    const before = this.#reads.get(owner);
    for (const signal of before ?? []) if (!signals.has(signal)) this.#remove(signal, owner);
    for (const signal of signals) if (!before?.has(signal)) this.#add(signal, owner);
    if (signals.size > 0) this.#reads.set(owner, signals);
    else this.#reads.delete(owner);
  }

  /** The owners that read this signal in their last reconcile. */
  readersOf(signal: string): Iterable<O> {
    return this.#readers.get(signal) ?? [];
  }

  #add(signal: string, owner: O): void {
    const readers = this.#readers.get(signal);
    if (readers) readers.add(owner);
    else this.#readers.set(signal, new Set([owner]));
  }

  #remove(signal: string, owner: O): void {
    const readers = this.#readers.get(signal);
    readers?.delete(owner);
    if (readers?.size === 0) this.#readers.delete(signal);
  }
}
