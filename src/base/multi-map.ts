/**
 * Several values by key. Most keys of an index have one value, so the set of one is not made: for a hundred thousand
 * entries that is 25 MB. A value must not be a Set itself.
 */
export class MultiMap<K, V> {
  readonly #held = new Map<K, V | Set<V>>();

  /** In no order; empty when there are none. Valid until the next change. */
  get(key: K): Iterable<V> {
    const held = this.#held.get(key);
    if (held === undefined) return [];
    return held instanceof Set ? held : [held];
  }

  /** Every key that has a value. */
  keys(): Iterable<K> {
    return this.#held.keys();
  }

  /** A value is held once, however often it was added. */
  add(key: K, value: V): void {
    const held = this.#held.get(key);
    if (held === undefined) this.#held.set(key, value);
    else if (held instanceof Set) held.add(value);
    else if (held !== value) this.#held.set(key, new Set([held, value]));
  }

  delete(key: K, value: V): void {
    const held = this.#held.get(key);
    if (held instanceof Set) held.delete(value);
    if (held === value || (held instanceof Set && held.size === 0)) this.#held.delete(key);
  }
}
