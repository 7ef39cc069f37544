import { describe, expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';

const waits = (random: number, count: number) => {
  const backoff = createBackoff({ base: 100, limit: 1000, random: () => random });
  return Array.from({ length: count }, () => backoff.next());
};

describe('createBackoff', () => {
  it('doubles up to its limit', () => {
    expect(waits(1, 6)).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('spreads waits over the upper half', () => {
    expect(waits(0, 3)).toEqual([50, 100, 200]);
  });

  it('begins anew after something worked', () => {
    const backoff = createBackoff({ base: 100, limit: 1000, random: () => 1 });
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });

  it('stays finite after very many failures', () => {
    const backoff = createBackoff({ base: 100, limit: 1000, random: () => 1 });
    for (let i = 0; i < 2000; i++) backoff.next();
    expect(backoff.next()).toBe(1000);
  });
});
