import type { Change } from './record.ts';

/**
 * The last changes of one resource, in order of revision, for watches that start in the past and for lists at an
 * earlier revision.
 */
export class History {
  readonly #limit: number;
  #changes: Change[] = [];
  #oldest: number;

  /** `oldest`: changes up to and including this revision are unknown. `limit`: how many changes are kept at least. */
  constructor(oldest: number, limit: number) {
    this.#oldest = oldest;
    this.#limit = limit;
  }

  /** A watch may start at this revision or later. */
  get oldest(): number {
    return this.#oldest;
  }

  add(change: Change): void {
    this.#changes.push(change);
    // Dropping half at once keeps the cost of an addition constant.
    if (this.#changes.length >= 2 * this.#limit) {
      const dropped = this.#changes.splice(0, this.#limit);
      this.#oldest = dropped.at(-1)?.revision ?? this.#oldest;
    }
  }

  /** Changes after `revision`, or `undefined` when some of them are no longer known. */
  since(revision: number): Change[] | undefined {
    if (revision < this.#oldest) return undefined;
    return this.#changes.slice(this.#firstAfter(revision));
  }

  #firstAfter(revision: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.#changes[middle];
      if (at && at.revision > revision) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
