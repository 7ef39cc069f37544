/**
 * Who must be looked at again when something changes. While an owner is reconciled, everything it reads is recorded as a
 * signal (`Vpc/shalb-demo`, `Pod#subnet=ovn-default`), whether it was found or not; when a signal fires, the owners that
 * read it are woken. So no controller declares what it watches, and an owner whose input does not exist yet is parked, not polled.
 *
 * There are ten signals to an owner, and most have one reader: so neither the set of one is kept, nor a second copy of the names.
 */
export class Dependencies<O extends string> {
  readonly #readers = new Map<string, O | Set<O>>();
  readonly #reads = new Map<O, readonly string[]>();

  /** Replaces what `owner` is known to have read. An empty set forgets the owner. */
  record(owner: O, signals: ReadonlySet<string>): void {
    const before = this.#reads.get(owner) ?? [];
    if (before.length === signals.size && before.every(signal => signals.has(signal))) return;
    for (const signal of before) if (!signals.has(signal)) this.#remove(signal, owner);
    const known = new Set(before);
    for (const signal of signals) if (!known.has(signal)) this.#add(signal, owner);
    if (signals.size > 0) this.#reads.set(owner, [...signals]);
    else this.#reads.delete(owner);
  }

  /** The owners that read this signal in their last reconcile. */
  readersOf(signal: string): Iterable<O> {
    const readers = this.#readers.get(signal);
    if (readers === undefined) return [];
    return typeof readers === 'string' ? [readers] : readers;
  }

  #add(signal: string, owner: O): void {
    const readers = this.#readers.get(signal);
    if (readers === undefined) this.#readers.set(signal, owner);
    else if (typeof readers === 'string') this.#readers.set(signal, new Set([readers, owner]));
    else readers.add(owner);
  }

  #remove(signal: string, owner: O): void {
    const readers = this.#readers.get(signal);
    if (typeof readers === 'object') readers.delete(owner);
    if (readers === owner || (typeof readers === 'object' && readers.size === 0)) this.#readers.delete(signal);
  }
}
