import { describe, expect, it, vi } from 'vitest';
import { WorkQueue } from './work-queue.ts';

const gate = () => Promise.withResolvers<undefined>();

describe('the work queue', () => {
  it('works on a key once for many additions, and again for one that comes meanwhile', async () => {
    const begun: string[] = [];
    let open = gate();
    const queue = new WorkQueue({
      work: key => {
        begun.push(key);
        return open.promise;
      },
      onError: () => undefined,
    });
    queue.add('a');
    queue.add('a');
    queue.add('a');
    expect(begun).toEqual(['a']);
    const first = open;
    open = gate();
    open.resolve(undefined);
    first.resolve(undefined);
    await queue.idle();
    expect(begun).toEqual(['a', 'a']);
  });

  it('bounds how many keys are worked on at once', async () => {
    let active = 0;
    let most = 0;
    const queue = new WorkQueue({
      work: async () => {
        most = Math.max(most, ++active);
        await Promise.resolve();
        active -= 1;
        return undefined;
      },
      onError: () => undefined,
      concurrency: 2,
    });
    for (const key of 'abcdef') queue.add(key);
    await queue.idle();
    expect(most).toBe(2);
  });

  it('tries a failed key again, later each time, and comes back when asked to', async () => {
    vi.useFakeTimers();
    try {
      const answers: (() => Promise<number | undefined>)[] = [
        () => Promise.reject(new Error('first')),
        () => Promise.reject(new Error('second')),
        () => Promise.resolve(5000),
        () => Promise.resolve(undefined),
      ];
      const times: number[] = [];
      const errors: string[] = [];
      const queue = new WorkQueue({
        work: () => {
          times.push(Date.now());
          return answers.shift()?.() ?? Promise.resolve(undefined);
        },
        onError: (_, error) => errors.push(String(error)),
        random: () => 1,
      });
      queue.add('a');
      await vi.runAllTimersAsync();
      expect(errors).toEqual(['Error: first', 'Error: second']);
      expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual([50, 100, 5000]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('begins nothing after it was stopped, and waits for what is at work', async () => {
    const open = gate();
    const work = vi.fn(() => open.promise);
    const queue = new WorkQueue({ work, onError: () => undefined, concurrency: 1 });
    queue.add('a');
    queue.add('b');
    const stopped = queue.stop();
    queue.add('c');
    open.resolve(undefined);
    await stopped;
    expect(work.mock.calls).toEqual([['a']]);
  });
});
