import { describe, expect, it } from 'vitest';
import type { Journal, JournalWrite } from './journal.ts';
import type { Change, ObjectKey } from './record.ts';
import { Store } from './store.ts';

/** A journal that commits when it is told to, or refuses to. */
class ManualJournal implements Journal {
  readonly commits: { revision: number; writes: readonly JournalWrite[] }[] = [];
  #settle: { resolve(): void; reject(error: Error): void } | undefined;
  #waiting: (() => void) | undefined;

  load() {
    return { revision: 10, entries: [] };
  }

  commit(revision: number, writes: readonly JournalWrite[]): Promise<void> {
    this.commits.push({ revision, writes });
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#waiting?.();
    });
  }

  /** Resolves when a commit waits for its answer. */
  asked(): Promise<void> {
    return this.#settle ? Promise.resolve() : new Promise(resolve => (this.#waiting = () => resolve()));
  }

  async answer(error?: Error): Promise<void> {
    await this.asked();
    const settle = this.#settle;
    this.#settle = undefined;
    if (error) settle?.reject(error);
    else settle?.resolve();
  }

  async close(): Promise<void> {}
}

const key = (name: string): ObjectKey => ({ resource: '/things', namespace: 'n', name });
const thing = (name: string, value = '') => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name }, value });
const put = (store: Store, name: string, value = ''): Promise<unknown> =>
  store.transact(transaction => transaction.put(key(name), thing(name, value)));

describe('the store', () => {
  it('shows nothing before it is durable, and writers that wait share a commit', async () => {
    const journal = new ManualJournal();
    const store = new Store(journal);
    const first = put(store, 'a');
    await journal.asked();
    const others = Promise.all([put(store, 'b'), put(store, 'c')]);
    expect(store.get(key('a'))).toBeUndefined();
    expect(store.revision).toBe(10);
    await journal.answer();
    await first;
    expect(store.get(key('a'))?.revision).toBe(11);
    await journal.answer();
    await others;
    expect(journal.commits.map(({ revision, writes }) => [revision, writes.length])).toEqual([
      [11, 1],
      [13, 2],
    ]);
    expect(store.list('/things').map(({ key }) => key.name)).toEqual(['a', 'b', 'c']);
  });

  it('undoes what a transaction wrote before it failed, and its index with it', async () => {
    const journal = new ManualJournal();
    const store = new Store(journal);
    const names = new Set<string>();
    store.index((previous, next) => {
      if (previous) names.delete(previous.key.name);
      if (next) names.add(next.key.name);
    });
    const failing = store.transact(transaction => {
      transaction.put(key('half'), thing('half'));
      throw new Error('no');
    });
    const good = put(store, 'whole');
    await journal.answer();
    await expect(failing).rejects.toThrow('no');
    await good;
    expect(names).toEqual(new Set(['whole']));
    expect(store.get(key('whole'))?.revision).toBe(11);
  });

  it('fails every writer of a commit that could not be made durable, and keeps the state before', async () => {
    const journal = new ManualJournal();
    const store = new Store(journal);
    const writes = Promise.allSettled([put(store, 'a'), put(store, 'b')]);
    await journal.answer(new Error('disk full'));
    expect((await writes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(store.list('/things')).toEqual([]);
    expect(store.revision).toBe(10);
  });

  it('lets a transaction see its own and earlier uncommitted writes', async () => {
    const journal = new ManualJournal();
    const store = new Store(journal);
    const first = put(store, 'a', '1');
    const second = store.transact(transaction => [
      transaction.get(key('a'))?.object.value,
      transaction.list('/things', 'n').length,
    ]);
    await journal.answer();
    await first;
    expect(await second).toEqual(['1', 1]);
  });

  it('rehearses without leaving a trace', () => {
    const store = new Store(new ManualJournal());
    const record = store.rehearse(transaction => transaction.put(key('a'), thing('a')));
    expect(record.key.name).toBe('a');
    expect(store.rehearse(transaction => transaction.get(key('a')))).toBeUndefined();
  });

  it('knows the past as far as its history goes', async () => {
    const journal = new ManualJournal();
    const store = new Store(journal, { changes: 2 });
    const told: Change[] = [];
    store.onChanges(changes => told.push(...changes));
    for (const value of ['1', '2', '3']) {
      const write = put(store, 'a', value);
      await journal.answer();
      await write;
    }
    expect(told.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'MODIFIED']);
    expect(store.listAt('/things', 11)?.map(({ object }) => object.value)).toEqual(['1']);
    expect(store.listAt('/things', 10)).toEqual([]);
    const write = put(store, 'a', '4');
    await journal.answer();
    await write;
    expect(store.listAt('/things', 11)).toBeUndefined();
    expect(store.oldest('/things')).toBe(12);
  });

  it('forgets the oldest changes when they take too much room', async () => {
    const journal = new ManualJournal();
    const store = new Store(journal, { bytes: 10_000 });
    for (let count = 0; count < 20; count += 1) {
      const write = put(store, 'a', 'x'.repeat(1000));
      await journal.answer();
      await write;
    }
    const oldest = store.oldest('/things');
    expect(oldest).toBeGreaterThan(25);
    expect(store.since('/things', oldest)?.length).toBeGreaterThanOrEqual(1);
    expect(store.since('/things', oldest - 1)).toBeUndefined();
  });

  it('takes no object larger than etcd would, and gives its revision to the next', async () => {
    const journal = new ManualJournal();
    const store = new Store(journal);
    await expect(put(store, 'a', '\u20ac'.repeat(600_000))).rejects.toMatchObject({
      status: { code: 413, reason: 'RequestEntityTooLarge', message: 'etcdserver: request is too large' },
    });
    const write = put(store, 'b');
    await journal.answer();
    await write;
    expect(store.get(key('b'))?.revision).toBe(11);
    expect(store.get(key('a'))).toBeUndefined();
  });
});
