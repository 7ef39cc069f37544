import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Notifier, Slots } from './coordination.ts';

describe('a notifier', () => {
  it('wakes all who wait, and only for what comes after', async () => {
    const notifier = new Notifier();
    const { signal } = new AbortController();
    const first = [notifier.wait(signal), notifier.wait(signal)];
    notifier.notify();
    await Promise.all(first);
    let woken = false;
    const second = notifier.wait(signal).then(() => {
      woken = true;
    });
    await Promise.resolve();
    expect(woken).toBe(false);
    notifier.notify();
    await second;
  });

  it('leaves nothing behind at the signal', async () => {
    const { signal } = new AbortController();
    const notifier = new Notifier();
    const waiting = notifier.wait(signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    notifier.notify();
    await waiting;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('wakes who gives up', async () => {
    const controller = new AbortController();
    const waiting = new Notifier().wait(controller.signal);
    controller.abort();
    await waiting;
    await new Notifier().wait(AbortSignal.abort());
  });
});

describe('slots', () => {
  it('bound how many tasks run at once, and are given back by those that fail', async () => {
    const slots = new Slots(2);
    let active = 0;
    let most = 0;
    const task = async (fails: boolean) => {
      active += 1;
      most = Math.max(most, active);
      await Promise.resolve();
      active -= 1;
      if (fails) throw new Error('failed');
    };
    const results = await Promise.allSettled(
      [true, false, true, false, false].map(fails => slots.run(() => task(fails))),
    );
    expect(results.map(result => result.status)).toEqual([
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(most).toBe(2);
    expect(active).toBe(0);
  });
});
