import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';

export interface WaitOptions {
  /** What is waited for, for the error: `the northbound database`. */
  what: string;
  timeoutMs: number;
  intervalMs?: number;
  signal?: AbortSignal | undefined;
}

/** Asks until the answer is neither undefined nor false. A LabError says what did not come in time. */
export const until = async <T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { what, timeoutMs, intervalMs = 20, signal }: WaitOptions,
): Promise<T> => {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(intervalMs, undefined, { signal });
  }
  throw new LabError(`${what}: not there after ${timeoutMs / 1000} s`);
};
