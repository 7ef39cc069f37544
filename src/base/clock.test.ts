import { expect, it } from 'vitest';
import { TestClock } from '../../test/clock/test-clock.ts';
import { sleep } from './clock.ts';

const asleep = Symbol('asleep');
const isAsleep = async (sleeping: Promise<void>) =>
  (await Promise.race([sleeping, Promise.resolve(asleep)])) === asleep;

it('sleeps for as long as it was told to', async () => {
  const clock = new TestClock();
  const sleeping = sleep(clock, 100);
  clock.advance(99);
  expect(await isAsleep(sleeping)).toBe(true);
  clock.advance(1);
  await sleeping;
});

it('wakes when the signal is aborted, and does not fall asleep after', async () => {
  const clock = new TestClock();
  const { signal, abort } = aborting();
  const sleeping = sleep(clock, 100, signal);
  expect(await isAsleep(sleeping)).toBe(true);
  abort();
  await sleeping;
  await sleep(clock, 100, signal);
  expect(clock.pending).toBe(0);
});

const aborting = () => {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
};
