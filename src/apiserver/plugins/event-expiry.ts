import type { ObjectKey, StoredRecord } from '../store/record.ts';
import type { ApiContext, Plugin } from './plugin.ts';

const storage = '/events';

/** Removes Events some time after their last change. */
export const eventExpiry = (ttlMs: number): Plugin => ({
  name: 'EventExpiry',
  start(api) {
    const expiry = new Expiry(api, ttlMs);
    for (const record of api.store.list(storage)) expiry.renew(record);
    const stop = api.store.onChanges(changes => {
      for (const { type, record } of changes) {
        if (record.key.resource === storage && type !== 'DELETED') expiry.renew(record);
      }
    });
    return () => {
      stop();
      expiry.stop();
    };
  },
});

/** Keys in order of their last change, with one timer for the first of them. */
class Expiry {
  readonly #api: ApiContext;
  readonly #ttlMs: number;
  readonly #due = new Map<string, { key: ObjectKey; at: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(api: ApiContext, ttlMs: number) {
    this.#api = api;
    this.#ttlMs = ttlMs;
  }

  renew({ key }: StoredRecord): void {
    const id = `${key.namespace}/${key.name}`;
    this.#due.delete(id);
    this.#due.set(id, { key, at: this.#api.now() + this.#ttlMs });
    this.#timer ??= this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#due.clear();
  }

  #schedule(): NodeJS.Timeout | undefined {
    const [first] = this.#due.values();
    return first && setTimeout(() => this.#removeDue(), Math.max(0, first.at - this.#api.now()));
  }

  #removeDue(): void {
    const now = this.#api.now();
    const due = [...this.#due].filter(([, { at }]) => at <= now);
    for (const [id] of due) this.#due.delete(id);
    const removal = this.#api.store.transact(transaction => {
      for (const [, { key }] of due) transaction.remove(key);
    });
    removal.catch(error => this.#api.onBug(error));
    this.#timer = this.#schedule();
  }
}
