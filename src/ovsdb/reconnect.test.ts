import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../base/clock.ts';
import { delayInRounds, keepConnected, type Status } from './reconnect.ts';
import { parseRemotes } from './remote.ts';

const backoff = { firstMs: 100, longestMs: 1_000 };
/** Time that passes at once. */
const hastyClock: Clock = {
  ...systemClock,
  now: () => 0,
  after(_ms, callback) {
    queueMicrotask(callback);
    return () => {};
  },
};

test.each([
  [1, 1, 0, 50],
  [1, 1, 1, 100],
  [3, 1, 1, 400],
  [60, 1, 1, 1_000],
  [1, 3, 1, 0],
  [2, 3, 1, 0],
  [3, 3, 1, 100],
  [6, 3, 1, 200],
])('after %i failures at %i remotes, with random %d: %i ms', (failures, remotes, random, ms) => {
  expect(delayInRounds(failures, remotes, backoff, () => random)).toBe(ms);
});

/** Runs until `outcomes` are used up: an error at connecting, or at the end of a connection that worked. */
async function follow(remotes: string, outcomes: readonly ('refused' | 'lost')[]): Promise<Status[]> {
  const statuses: Status[] = [];
  const stop = new AbortController();
  const left = [...outcomes];
  await keepConnected({
    remotes: parseRemotes(remotes),
    backoff,
    clock: hastyClock,
    random: () => 0,
    signal: stop.signal,
    onStatus: status => statuses.push(status),
    async connect() {
      const outcome = left.shift();
      if (outcome === undefined) stop.abort();
      if (outcome === 'lost') return { ended: Promise.resolve(new Error(outcome)) };
      throw new Error(outcome);
    },
  });
  return statuses;
}

const tried = (statuses: readonly Status[]) =>
  statuses.flatMap(status => (status.kind === 'connecting' ? [status.remote] : []));
const delays = (statuses: readonly Status[]) =>
  statuses.flatMap(status => (status.kind === 'waiting' ? [status.retryInMs] : []));

test('the members of a cluster are tried in turn, and waited for after each round', async () => {
  const statuses = await follow('unix:/a,unix:/b', ['refused', 'refused', 'refused', 'refused']);
  expect(tried(statuses)).toEqual(['unix:/a', 'unix:/b', 'unix:/a', 'unix:/b', 'unix:/a']);
  expect(delays(statuses)).toEqual([0, 50, 0, 100]);
  expect(statuses.at(-1)).toEqual({ kind: 'closed' });
});

test('a connection that worked starts the count anew, after a short pause', async () => {
  const statuses = await follow('unix:/a', ['refused', 'refused', 'lost', 'refused']);
  expect(delays(statuses)).toEqual([50, 100, 50, 50]);
});
