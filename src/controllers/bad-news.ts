import type { Owner } from '../converge/piece.ts';

/** What is not ready for so long is worth a condition and an event; longer while there is much to do, since then all takes longer. */
const LASTING_MS = 300;
const LASTING_WHILE_BUSY_MS = 10_000;

/**
 * An object is not ready for moments while others are being made: its address, the rows it refers to. To say so and to take it back
 * at once would double what is written, and alarm people. So bad news is told only when it lasts.
 *
 * INVARIANT: holds owners that are not ready and whose object does not say so yet, and no others.
 */
export class BadNews {
  readonly #since = new Map<Owner, number>();
  readonly #now: () => number;
  readonly #isBusy: () => boolean;

  /** @param now milliseconds; only differences mean anything */
  constructor(now: () => number, isBusy: () => boolean) {
    this.#now = now;
    this.#isBusy = isBusy;
  }

  /** Milliseconds after which to ask again; 0: tell it. */
  holdBack(owner: Owner): number {
    const now = this.#now();
    const since = this.#since.get(owner) ?? now;
    this.#since.set(owner, since);
    const left = since + LASTING_MS - now;
    if (left > 0) return left;
    return this.#isBusy() && now - since < LASTING_WHILE_BUSY_MS ? LASTING_MS : 0;
  }

  /** It was told, or is good news after all. */
  over(owner: Owner): void {
    this.#since.delete(owner);
  }
}
