import { describe, expect, it } from 'vitest';
import { type RestartPolicy, restartDelay, restarts } from './container-runner.ts';

describe('a container that has ended', () => {
  it.each<[RestartPolicy, number, boolean]>([
    ['Always', 0, true],
    ['Always', 1, true],
    ['OnFailure', 0, false],
    ['OnFailure', 1, true],
    ['Never', 1, false],
  ])('with policy %s and code %i is restarted: %s', (policy, exitCode, expected) => {
    expect(restarts(policy, exitCode)).toBe(expected);
  });

  it('is restarted at once the first time, then later and later up to the limit', () => {
    const delays = [1, 2, 3, 4, 20].map(crashes => restartDelay(crashes, { firstMs: 1000, longestMs: 30_000 }));
    expect(delays).toEqual([0, 1000, 2000, 4000, 30_000]);
  });
});
