/** Hands out numbers from 0 to `size` − 1, each to one holder. Who holds what is told from outside, so it follows the store. */
export class Allocator {
  readonly #size: number;
  readonly #holders = new Map<number, string>();
  #cursor: number;

  /** `start`: where the search for a free number begins, so that the first ones stay for those who ask for them. */
  constructor(size: number, start: number) {
    this.#size = size;
    this.#cursor = start % size;
  }

  holder(index: number): string | undefined {
    return this.#holders.get(index);
  }

  take(index: number, holder: string): void {
    this.#holders.set(index, holder);
  }

  release(index: number, holder: string): void {
    if (this.#holders.get(index) === holder) this.#holders.delete(index);
  }

  /** A number nobody holds, other than `except`; `undefined` when all are held. A number given back is not the next one given out. */
  free(except: ReadonlySet<number> = new Set()): number | undefined {
    for (let step = 0; step < this.#size; step++) {
      const index = (this.#cursor + step) % this.#size;
      if (this.#holders.has(index) || except.has(index)) continue;
      this.#cursor = (index + 1) % this.#size;
      return index;
    }
    return undefined;
  }
}
