/** Waits between attempts at what keeps failing. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** More doublings than any wait needs, and few enough to stay finite. */
const MOST_DOUBLINGS = 30;

/**
 * Milliseconds to wait after so many failures in a row (from 1): twice as long each time, up to the longest. With
 * `random`, in [0, 1), the upper half of it is left to chance, so that those who failed together do not return together.
 */
export function delayAfter(failures: number, { firstMs, longestMs }: Backoff, random: () => number = () => 1): number {
  const doublings = Math.min(failures - 1, MOST_DOUBLINGS);
  return Math.min(longestMs, firstMs * 2 ** doublings) * (0.5 + random() / 2);
}
