/**
 * Keys that wait, each once, first come first served.
 *
 * A `Set` asked for its first member by a new iterator each time steps over the places of all that were taken before, which with ten
 * thousand keys costs more than the work on them; one iterator that is kept does not. It sees what is added later, as iterators of sets do.
 */
export class Line<K extends string> {
  readonly #waiting = new Set<K>();
  #next = this.#waiting.values();

  get size(): number {
    return this.#waiting.size;
  }

  has(key: K): boolean {
    return this.#waiting.has(key);
  }

  /** At the end, unless it waits already. */
  add(key: K): void {
    this.#waiting.add(key);
  }

  delete(key: K): void {
    this.#waiting.delete(key);
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** Takes the first away; undefined when nothing waits. */
  take(): K | undefined {
    let first = this.#next.next();
    // An iterator that came to the end once stays there.
    if (first.done) {
      this.#next = this.#waiting.values();
      first = this.#next.next();
    }
    if (first.done) return undefined;
    this.#waiting.delete(first.value);
    return first.value;
  }
}
