import type { Change } from './record.ts';

/** In memory, a change is its JSON and about as much again for the object. */
const bytesOf = ({ record }: Change): number => 2 * record.stored.length;

export interface HistoryLimits {
  /** How many changes are kept at least, as long as there is room. */
  changes: number;
  /** How many bytes they may take, about. */
  bytes: number;
}

/**
 * The last changes of one resource, in order of revision, for watches that start in the past and for lists at an
 * earlier revision.
 */
export class History {
  readonly #limits: HistoryLimits;
  #bytes = 0;
  #changes: Change[] = [];
  #oldest: number;

  /** `oldest`: changes up to and including this revision are unknown. */
  constructor(oldest: number, limits: HistoryLimits) {
    this.#oldest = oldest;
    this.#limits = limits;
  }

  /** A watch may start at this revision or later. */
  get oldest(): number {
    return this.#oldest;
  }

  add(change: Change): void {
    this.#changes.push(change);
    this.#bytes += bytesOf(change);
    // Dropping half at once keeps the cost of an addition constant.
    if (this.#changes.length >= 2 * this.#limits.changes) this.#drop(this.#limits.changes);
    else if (this.#bytes > this.#limits.bytes) this.#drop(this.#firstWithin(this.#limits.bytes / 2));
  }

  #drop(count: number): void {
    const dropped = this.#changes.splice(0, count);
    for (const change of dropped) this.#bytes -= bytesOf(change);
    this.#oldest = dropped.at(-1)?.revision ?? this.#oldest;
  }

  /** From which change on they take at most so many bytes. */
  #firstWithin(bytes: number): number {
    let kept = 0;
    const last = this.#changes.findLastIndex(change => {
      kept += bytesOf(change);
      return kept > bytes;
    });
    return last + 1;
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
