import type { KubeObject } from '../object.ts';
import { objectTooLarge } from '../status-error.ts';
import { History, type HistoryLimits } from './history.ts';
import type { Journal, JournalWrite } from './journal.ts';
import { type Change, compareKeys, makeRecord, type ObjectKey, StoredRecord } from './record.ts';
import { Staged } from './staged.ts';
import { Table } from './table.ts';

/** What a transaction may do. Reads see the transaction's own writes. */
export interface Transaction {
  get(key: ObjectKey): StoredRecord | undefined;
  list(resource: string, namespace?: string): StoredRecord[];
  /** Creates or replaces, and sets `metadata.resourceVersion`. `object` must not be changed afterwards. Throws a 413 when it is too large. */
  put(key: ObjectKey, object: KubeObject): StoredRecord;
  /**
   * Removes; returns the last state with the deletion's revision, or `undefined` when there was nothing. `last`: the
   * object's last state, when it is not the stored one.
   */
  remove(key: ObjectKey, last?: KubeObject): StoredRecord | undefined;
}

/** Told of every change of memory as it happens, also of its undoing (with the two swapped): an index in step with the data. */
export type IndexListener = (previous: StoredRecord | undefined, next: StoredRecord | undefined) => void;

export type ChangesListener = (changes: readonly Change[]) => void;

/** Bytes of an object's JSON, as etcd's `--max-request-bytes`. */
const LARGEST_OBJECT = 1.5 * 1024 * 1024;

interface Work {
  run(): void;
  settle(failure: Error | undefined): void;
}

/**
 * All objects, in memory for reading and in a journal for keeping.
 *
 * INVARIANTS:
 * - Transactions run one after another and synchronously, so what one read is still true when it writes.
 * - Writers that come while the journal commits share its next commit. Nothing is acknowledged, published or readable
 *   outside transactions before its commit returned.
 * - Revisions grow by one per change, over all resources, and are never given twice, not even after a restart.
 */
export class Store {
  readonly #journal: Journal;
  readonly #historyLimits: HistoryLimits;
  readonly #tables = new Map<string, Table>();
  readonly #histories = new Map<string, History>();
  readonly #indexes: IndexListener[] = [];
  readonly #listeners = new Set<ChangesListener>();
  readonly #loadedAt: number;
  readonly #staged = new Staged();
  #queue: Work[] = [];
  /** Changes of the batch at work: made in transactions, not yet known to be durable. */
  #uncommitted: Change[] = [];
  #committed: number;
  #lastGiven: number;
  #committing: Promise<void> | undefined;
  #closed = false;

  constructor(journal: Journal, { changes = 10_000, bytes = 64 << 20 }: Partial<HistoryLimits> = {}) {
    this.#journal = journal;
    this.#historyLimits = { changes, bytes };
    const { revision, entries } = journal.load();
    this.#committed = this.#lastGiven = this.#loadedAt = revision;
    for (const { json, revision: at, ...key } of entries) {
      this.#table(key.resource).set(new StoredRecord(key, at, JSON.parse(json), json));
    }
  }

  /** The revision of the last committed change. */
  get revision(): number {
    return this.#committed;
  }

  get(key: ObjectKey): StoredRecord | undefined {
    return this.#tables.get(key.resource)?.get(key.namespace, key.name);
  }

  list(resource: string, namespace?: string): StoredRecord[] {
    return this.#tables.get(resource)?.list(namespace) ?? [];
  }

  /** The objects as they were at `revision`, by undoing what came after; `undefined` when that is no longer known. */
  listAt(resource: string, revision: number, namespace?: string): StoredRecord[] | undefined {
    const later = this.since(resource, revision);
    if (!later) return undefined;
    if (later.length === 0) return this.list(resource, namespace);
    const records = new Map(this.list(resource, namespace).map(record => [idOf(record.key), record]));
    for (const { record, previous } of later.reverse()) {
      if (namespace !== undefined && record.key.namespace !== namespace) continue;
      if (previous) records.set(idOf(record.key), previous);
      else records.delete(idOf(record.key));
    }
    return [...records.values()].sort((a, b) => compareKeys(a.key, b.key));
  }

  /** Changes of one resource after `revision`; `undefined` when some are no longer known. */
  since(resource: string, revision: number): Change[] | undefined {
    return this.#history(resource).since(revision);
  }

  /** The earliest revision from which changes of the resource are known. */
  oldest(resource: string): number {
    return this.#history(resource).oldest;
  }

  /** Runs `work` and answers when its writes are durable. What `work` throws undoes its writes and rejects the promise. */
  transact<T>(work: (transaction: Transaction) => T): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the store is closed'));
    return new Promise<T>((resolve, reject) => {
      let result: { value: T } | undefined;
      const run = (): void => {
        result = { value: this.#atomically(work) };
      };
      const settle = (failure: Error | undefined): void => {
        if (result && !failure) resolve(result.value);
        else reject(failure ?? new Error('the transaction did not run'));
      };
      this.#queue.push({ run, settle });
      // A turn of the event loop, so that writers that came with this one join its commit.
      this.#committing ??= new Promise(setImmediate).then(() => this.#commitQueue());
    });
  }

  /** Runs `work` and undoes its writes: the answer without the deed (dry run). */
  rehearse<T>(work: (transaction: Transaction) => T): T {
    const start = this.#uncommitted.length;
    try {
      return work(this.#transaction);
    } finally {
      this.#undo(start);
    }
  }

  /** Keeps an index: replays what is stored, then every change. */
  index(listener: IndexListener): void {
    this.#indexes.push(listener);
    for (const table of this.#tables.values()) for (const record of table.list()) listener(undefined, record);
  }

  /** Told of every committed batch of changes, in order. */
  onChanges(listener: ChangesListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Commits what is queued, then closes the journal. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#committing;
    await this.#journal.close();
  }

  readonly #transaction: Transaction = {
    get: key => this.#current(key),
    list: (resource, namespace) => this.#staged.merge(resource, namespace, this.list(resource, namespace)),
    put: (key, object) => this.#put(key, object),
    remove: (key, last) => this.#remove(key, last),
  };

  async #commitQueue(): Promise<void> {
    while (this.#queue.length > 0) {
      const queue = this.#queue;
      this.#queue = [];
      const outcomes = queue.map(work => ({ work, failure: caught(() => work.run()) }));
      const lost = await this.#commit();
      for (const { work, failure } of outcomes) work.settle(failure ?? lost);
    }
    this.#committing = undefined;
  }

  /** Makes the batch durable, then visible; answers with why it could not. */
  async #commit(): Promise<Error | undefined> {
    const changes = this.#uncommitted;
    if (changes.length === 0) return undefined;
    try {
      await this.#journal.commit(this.#lastGiven, changes.map(toWrite));
    } catch (error) {
      this.#undo(0);
      return asError(error);
    }
    this.#uncommitted = [];
    this.#staged.clear();
    for (const { type, record } of changes) {
      if (type === 'DELETED') this.#table(record.key.resource).remove(record.key);
      else this.#table(record.key.resource).set(record);
    }
    this.#committed = this.#lastGiven;
    this.#publish(changes);
    return undefined;
  }

  #publish(changes: readonly Change[]): void {
    for (const change of changes) this.#history(change.record.key.resource).add(change);
    for (const listener of this.#listeners) listener(changes);
  }

  #atomically<T>(work: (transaction: Transaction) => T): T {
    const start = this.#uncommitted.length;
    try {
      return work(this.#transaction);
    } catch (error) {
      this.#undo(start);
      throw error;
    }
  }

  #put(key: ObjectKey, object: KubeObject): StoredRecord {
    const previous = this.#current(key);
    const record = makeRecord(key, this.#lastGiven + 1, object);
    if (Buffer.byteLength(record.stored) > LARGEST_OBJECT) throw objectTooLarge();
    this.#lastGiven = record.revision;
    this.#apply(previous, record);
    this.#uncommitted.push({ type: previous ? 'MODIFIED' : 'ADDED', revision: record.revision, record, previous });
    return record;
  }

  #remove(key: ObjectKey, last: KubeObject | undefined): StoredRecord | undefined {
    const previous = this.#current(key);
    if (!previous) return undefined;
    const record = makeRecord(key, ++this.#lastGiven, last ?? previous.object);
    this.#apply(previous, undefined);
    this.#uncommitted.push({ type: 'DELETED', revision: record.revision, record, previous });
    return record;
  }

  #current(key: ObjectKey): StoredRecord | undefined {
    return this.#staged.has(key) ? this.#staged.get(key) : this.get(key);
  }

  #apply(previous: StoredRecord | undefined, next: StoredRecord | undefined): void {
    const key = next?.key ?? previous?.key;
    if (key) this.#staged.set(key, next);
    for (const listener of this.#indexes) listener(previous, next);
  }

  #undo(start: number): void {
    for (const { type, record, previous } of this.#uncommitted.splice(start).reverse()) {
      this.#apply(type === 'DELETED' ? undefined : record, previous);
      this.#lastGiven -= 1;
    }
  }

  #table(resource: string): Table {
    const table = this.#tables.get(resource) ?? new Table();
    this.#tables.set(resource, table);
    return table;
  }

  #history(resource: string): History {
    const history = this.#histories.get(resource) ?? new History(this.#loadedAt, this.#historyLimits);
    this.#histories.set(resource, history);
    return history;
  }
}

const idOf = (key: ObjectKey): string => `${key.namespace}/${key.name}`;

const toWrite = ({ type, revision, record }: Change): JournalWrite => ({
  ...record.key,
  revision,
  json: type === 'DELETED' ? undefined : record.stored,
});

const caught = (act: () => void): Error | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return asError(error);
  }
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
