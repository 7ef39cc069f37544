import { expect, test } from 'vitest';
import { delayAfter } from './backoff.ts';

test.each([
  [1, 1, 100],
  [2, 1, 200],
  [4, 1, 800],
  [5, 1, 1000],
  [2000, 1, 1000],
  [1, 0, 50],
  [3, 0, 200],
  [5, 0.5, 750],
])('after %i failures, with random %d: %i ms', (failures, random, ms) => {
  expect(delayAfter(failures, { firstMs: 100, longestMs: 1000 }, () => random)).toBe(ms);
});

test('leaves nothing to chance when not told to', () => {
  expect(delayAfter(2, { firstMs: 100, longestMs: 1000 })).toBe(200);
});
