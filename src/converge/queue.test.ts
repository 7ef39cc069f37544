import { describe, expect, it } from 'vitest';
import { TestClock } from '../../test/clock/test-clock.ts';
import { Queue, type Verdict } from './queue.ts';

/** A queue whose work is finished by hand. */
const manual = (concurrency = 1) => {
  const clock = new TestClock();
  const started: string[] = [];
  const finish = new Map<string, (verdict: Verdict) => void>();
  const queue = new Queue<string>(
    key => {
      started.push(key);
      return new Promise(resolve => finish.set(key, resolve));
    },
    { clock, concurrency, backoff: { firstMs: 100, longestMs: 1000 } },
  );
  const end = async (key: string, verdict: Verdict = 'done'): Promise<void> => {
    finish.get(key)?.(verdict);
    await new Promise(resolve => setImmediate(resolve));
  };
  return { queue, clock, started, end };
};

describe('Queue', () => {
  it('works on a waiting key once, however often it was added', async () => {
    const { queue, started, end } = manual();
    for (const key of ['busy', 'a', 'a', 'a']) queue.add(key);
    await end('busy');
    await end('a');
    expect(started).toEqual(['busy', 'a']);
  });

  it('works on a key again that was added while it was worked on, and never twice at once', async () => {
    const { queue, started, end } = manual(4);
    queue.add('a');
    queue.add('a');
    expect(started).toEqual(['a']);
    await end('a');
    expect(started).toEqual(['a', 'a']);
  });

  it('takes urgent keys before background ones, and makes a background key urgent', async () => {
    const { queue, started, end } = manual();
    queue.add('busy');
    for (const key of ['old-1', 'old-2', 'old-3']) queue.add(key, 'background');
    queue.add('new');
    queue.add('old-3');
    for (const key of ['busy', 'new', 'old-3', 'old-1']) await end(key);
    expect(started).toEqual(['busy', 'new', 'old-3', 'old-1', 'old-2']);
  });

  it('retries failures after growing delays, up to the longest', async () => {
    const { queue, clock, started, end } = manual();
    queue.add('a');
    // Jitter is a factor of 0.75 with this clock.
    for (const delay of [75, 150, 300, 600, 750, 750]) {
      await end('a', 'failed');
      const before = started.length;
      clock.advance(delay - 1);
      expect(started.length).toBe(before);
      clock.advance(1);
      expect(started.length).toBe(before + 1);
    }
  });

  it('forgets failures after a success', async () => {
    const { queue, clock, started, end } = manual();
    queue.add('a');
    await end('a', 'failed');
    clock.advance(75);
    await end('a');
    expect(queue.failing).toBe(0);
    queue.add('a');
    await end('a', 'failed');
    clock.advance(75);
    expect(started.length).toBe(4);
  });

  it('works on a failed key at once when it is added', async () => {
    const { queue, clock, started, end } = manual();
    queue.add('a');
    await end('a', 'failed');
    queue.add('a');
    expect(started.length).toBe(2);
    await end('a');
    clock.advance(10_000);
    expect(started.length).toBe(2);
  });

  it('goes on after work that throws', async () => {
    const clock = new TestClock();
    const seen: string[] = [];
    const queue = new Queue<string>(
      async key => {
        seen.push(key);
        if (key === 'bad') throw new Error('a bug');
        return 'done';
      },
      { clock, concurrency: 1 },
    );
    queue.add('bad');
    queue.add('good');
    await queue.idle();
    expect(seen).toEqual(['bad', 'good']);
    expect(queue.failing).toBe(1);
  });

  it('starts nothing after it was stopped, and waits for what is under way', async () => {
    const { queue, started, end } = manual();
    queue.add('a');
    queue.add('b');
    let stopped = false;
    const stopping = queue.stop().then(() => {
      stopped = true;
    });
    await Promise.resolve();
    expect(stopped).toBe(false);
    await end('a', 'failed');
    await stopping;
    queue.add('c');
    expect(started).toEqual(['a']);
  });
});
