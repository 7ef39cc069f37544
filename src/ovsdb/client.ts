import type { Backoff } from '../base/backoff.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { type Counters, newCounters } from './counters.ts';
import { ClientClosed } from './errors.ts';
import { type Link, openLink } from './link.ts';
import { Monitor } from './monitor.ts';
import type { Operation } from './operations.ts';
import { keepConnected, type Status } from './reconnect.ts';
import { parseRemotes, type Remote } from './remote.ts';
import { type Change, Replica } from './replica.ts';
import { type SelectedRows, type Selection, selectColumns } from './selection.ts';
import { availableColumns, type ServerSchema } from './server-schema.ts';
import type { TableView } from './table.ts';
import { countTransaction, fitToServer, type TransactResult, transactResult } from './transaction.ts';
import type { TlsFiles } from './transport.ts';
import type { Database, TableColumns } from './values.ts';

export interface ClientOptions<Rows, S extends Selection<Rows>> {
  /** `unix:PATH`, `tcp:HOST:PORT` or `ssl:HOST:PORT`; the members of a cluster separated by commas. */
  readonly remotes: string;
  readonly database: Database<Rows>;
  readonly tables: S;
  readonly tls?: TlsFiles;
  /** On a cluster, stay with its leader (the default): reads are then never behind, and commits one hop shorter. */
  readonly leaderOnly?: boolean;
  readonly connectTimeoutMs?: number;
  readonly probeIntervalMs?: number;
  readonly backoff?: Backoff;
  readonly clock?: Clock;
  /** In [0, 1), as `Math.random`. */
  readonly random?: () => number;
}

const defaults = {
  leaderOnly: true,
  connectTimeoutMs: 5_000,
  probeIntervalMs: 5_000,
  backoff: { firstMs: 50, longestMs: 5_000 },
  clock: systemClock,
  random: Math.random,
};

/**
 * A client of one database: a replica of some of its tables, and transactions, over a connection that is made anew
 * whenever it ends.
 *
 * INVARIANTS:
 * - At most one connection at a time; replica and transactions share it. The server sends the updates of a transaction
 *   before its reply, so when `transact` says `committed` the replica has seen it, and listeners were told.
 * - Transactions are executed and answered in the order in which they were given, without waiting for each other.
 * - A transaction is sent once at most. Whether to send it again is the caller's to decide, from the replica.
 *
 * @example
 * const client = new OvsdbClient({ remotes: 'unix:/run/ovn/ovnnb_db.sock', database: nbDatabase, tables: { NAT: 'all' } });
 * const byOwner = client.table('NAT').addIndex(row => [row.external_ids.owner ?? '']);
 * await client.synchronised();
 * const nb = new Operations(nbDatabase);
 * const result = await client.transact([nb.update('NAT', uuid, { external_ip: '100.65.0.102' })]);
 */
export class OvsdbClient<Rows, S extends Selection<Rows>> {
  readonly counters: Counters = newCounters();

  readonly #options: ClientOptions<Rows, S> & typeof defaults;
  readonly #columns: ReadonlyMap<string, TableColumns>;
  readonly #replica: Replica<SelectedRows<Rows, S>>;
  readonly #monitor: Monitor;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  readonly #statusListeners = new Set<(status: Status) => void>();
  #link: Link | undefined;
  /** Of the server we are, or were last, connected to: what rows of the replica have does not change while it is away. */
  #schema: ServerSchema | undefined;
  #current: Status;

  /** Starts to connect at once. @throws InvalidRemote */
  constructor(options: ClientOptions<Rows, S>) {
    this.#options = { ...defaults, ...options };
    const remotes = parseRemotes(options.remotes);
    this.#columns = selectColumns(options.database, options.tables);
    this.#replica = new Replica(this.#columns);
    this.#monitor = new Monitor(options.database.name, this.#replica);
    this.#current = { kind: 'connecting', remote: options.remotes };
    this.#running = keepConnected({
      ...this.#options,
      remotes,
      signal: this.#closing.signal,
      connect: remote => this.#connect(remote),
      onStatus: status => this.#setStatus(status),
    });
  }

  get status(): Status {
    return this.#current;
  }

  /** Calls back with every later status; the returned function ends it. */
  onStatus(listener: (status: Status) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  /** Resolves when the replica is up to date: at once, or after the next synchronisation. @throws ClientClosed, or the signal's reason */
  synchronised(signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = (status: Status) => {
      if (status.kind === 'synchronised') resolve();
      if (status.kind === 'closed') reject(new ClientClosed());
    };
    const stop = this.onStatus(check);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    check(this.#current);
    return promise.finally(() => {
      stop();
      signal?.removeEventListener('abort', abort);
    });
  }

  /** A table of the replica; empty until the first synchronisation, or when the server lacks the table. */
  table<T extends keyof SelectedRows<Rows, S> & string>(name: T): TableView<SelectedRows<Rows, S>[T]> {
    return this.#replica.table(name);
  }

  /** Calls back after each transaction, whoever made it, with its changes; after a reconnection with the differences. */
  onChange(listener: (changes: readonly Change<SelectedRows<Rows, S>>[]) => void): () => void {
    return this.#replica.onChange(listener);
  }

  /** Whether the server has the column, or the table when none is named; false before the first connection. */
  serves<T extends keyof Rows & string>(table: T, column?: keyof Rows[T] & string): boolean {
    const columns = this.#schema?.get(table);
    return columns !== undefined && (column === undefined || columns.has(column));
  }

  /**
   * Executes operations as one transaction. Columns that the server lacks are left out. Does not throw: every failure is
   * one of the results.
   */
  transact(operations: readonly Operation[]): Promise<TransactResult> {
    const link = this.#link;
    if (!link?.connection.open) return Promise.resolve({ kind: 'not-connected' });
    const fitting = operations.map(operation => fitToServer(operation, link.schema));
    countTransaction(this.counters, fitting);
    return new Promise(resolve => {
      link.connection.request('transact', [this.#options.database.name, ...fitting], reply => {
        resolve(transactResult(reply, operations.length));
      });
    });
  }

  /** Ends the connection, and every attempt at one. Transactions under way end as `unknown`. */
  async close(): Promise<void> {
    this.#closing.abort(new ClientClosed());
    await this.#running;
  }

  async #connect(remote: Remote): Promise<{ ended: Promise<Error> }> {
    const { database, tables: _, ...options } = this.#options;
    const link = await openLink(remote, {
      ...options,
      tls: options.tls,
      database: database.name,
      counters: this.counters,
      signal: this.#closing.signal,
      onNotification: (method, params) => this.#monitor.notify(method, params),
    });
    this.#schema = link.schema;
    await this.#synchronise(link);
    this.#link = link;
    const ended = link.connection.ended.finally(() => {
      this.#link = undefined;
    });
    return { ended };
  }

  async #synchronise({ connection, schema }: Link): Promise<void> {
    try {
      const how = await this.#monitor.start(connection, this.#columnsOf(schema));
      if (how === 'resumed') this.counters.resumes++;
      else this.counters.snapshots++;
    } catch (error) {
      connection.end(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  #columnsOf(schema: ServerSchema): Map<string, TableColumns> {
    const available = [...this.#columns].map(
      ([table, columns]) => [table, availableColumns(columns, table, schema)] as const,
    );
    return new Map(available.filter((entry): entry is [string, TableColumns] => entry[1] !== undefined));
  }

  #setStatus(status: Status): void {
    this.#current = status;
    for (const listener of this.#statusListeners) listener(status);
  }
}
