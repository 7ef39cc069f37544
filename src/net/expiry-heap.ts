interface Entry<T> {
  readonly item: T;
  readonly until: number;
}

/**
 * Items with an expiry time: a binary heap by time over a map by item, so that the earliest, the lookup and the change
 * are all cheap. An entry that was deleted or replaced stays in the heap until it comes to the top or until such
 * entries outnumber the living.
 */
export class ExpiryHeap<T> {
  readonly #living = new Map<T, Entry<T>>();
  #heap: Entry<T>[] = [];

  get(item: T): number | undefined {
    return this.#living.get(item)?.until;
  }

  set(item: T, until: number): void {
    const entry = { item, until };
    this.#living.set(item, entry);
    this.#heap.push(entry);
    this.#siftUp(this.#heap.length - 1);
    if (this.#heap.length > 2 * this.#living.size + 16) this.#compact();
  }

  delete(item: T): void {
    this.#living.delete(item);
  }

  /** The earliest expiry time. */
  earliest(): number | undefined {
    return this.#top()?.until;
  }

  /** Removes and returns the item that expired first, if it has by `now`. */
  popExpired(now: number): T | undefined {
    const entry = this.#top();
    if (!entry || entry.until > now) return undefined;
    this.#removeTop();
    this.#living.delete(entry.item);
    return entry.item;
  }

  #top(): Entry<T> | undefined {
    while (this.#heap[0] && this.#living.get(this.#heap[0].item) !== this.#heap[0]) this.#removeTop();
    return this.#heap[0];
  }

  #removeTop(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown(0);
  }

  /** A sorted array is a heap. */
  #compact(): void {
    this.#heap = [...this.#living.values()].sort((a, b) => a.until - b.until);
  }

  #siftUp(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#untilAt(parent) <= this.#untilAt(index)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #siftDown(from: number): void {
    let index = from;
    while (true) {
      const left = 2 * index + 1;
      const smaller = this.#untilAt(left + 1) < this.#untilAt(left) ? left + 1 : left;
      if (this.#untilAt(index) <= this.#untilAt(smaller)) return;
      this.#swap(index, smaller);
      index = smaller;
    }
  }

  #untilAt(index: number): number {
    return this.#heap[index]?.until ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#heap[a], this.#heap[b]];
    if (x && y) [this.#heap[a], this.#heap[b]] = [y, x];
  }
}
