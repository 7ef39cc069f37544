export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * How long to wait after so many attempts in a row (from 1) failed at `remotes` members: not at all while a round of
 * them is under way, so that a lost leader is found at once; after each round twice as long, half of it random.
 */
export function delayAfter(failures: number, remotes: number, backoff: Backoff, random: () => number): number {
  if (failures % remotes !== 0) return 0;
  const doublings = Math.min(failures / remotes - 1, 30);
  return Math.min(backoff.longestMs, backoff.firstMs * 2 ** doublings) * (0.5 + random() / 2);
}
