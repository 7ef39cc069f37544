import { setTimeout as delay } from 'node:timers/promises';

/** Time as the clients see it; injected, so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** The wall clock, for timestamps that are written down. */
  date(): Date;
  /** Resolves after `milliseconds`, or as soon as `signal` is aborted. Never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  sleep: (milliseconds, signal) =>
    delay(milliseconds, undefined, signal ? { signal } : {}).catch(() => {
      /* aborted: time to look around */
    }),
};
