/** Exponential waits with full spread in the upper half, so that clients that failed together do not return together. */

export interface BackoffOptions {
  /** Of the first wait, in milliseconds. */
  readonly base: number;
  readonly limit: number;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface Backoff {
  /** Milliseconds to wait now: between half of and all of `base · 2ⁿ`, at most `limit`. */
  next(): number;
  /** Something worked: the next wait is the first again. */
  reset(): void;
}

export function createBackoff({ base, limit, random }: BackoffOptions): Backoff {
  let failures = 0;
  return {
    next() {
      const ceiling = Math.min(limit, base * 2 ** Math.min(failures, 30));
      failures += 1;
      return ceiling * (0.5 + random() / 2);
    },
    reset() {
      failures = 0;
    },
  };
}
