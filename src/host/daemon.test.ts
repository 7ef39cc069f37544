import { expect, it } from 'vitest';
import { restartDelay } from './daemon.ts';

it('waits longer with each restart, up to ten seconds', () => {
  expect([0, 1, 2, 6, 50].map(restartDelay)).toEqual([200, 400, 800, 10_000, 10_000]);
});
