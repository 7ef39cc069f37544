import { ProtocolError, RpcError } from './errors.ts';
import type { RowUpdate, Update } from './replica.ts';
import type { RpcConnection } from './rpc.ts';
import type { TableColumns } from './values.ts';
import type { WireRow } from './wire-values.ts';

/** Newest first: ovsdb-server(7) on `monitor_cond_since` and `monitor_cond`, RFC 7047 §4.1.5 on `monitor`. */
const methods = ['monitor_cond_since', 'monitor_cond', 'monitor'] as const;
type Method = (typeof methods)[number];

/** Asks for everything; also what a server without transaction ids reports. */
const noTransaction = '00000000-0000-0000-0000-000000000000';

/** The replica, as far as a monitor fills it; see there. */
interface Contents {
  useColumns(columns: ReadonlyMap<string, TableColumns>): void;
  applyUpdate(update: Update<WireUpdate>): void;
  applySnapshot(snapshot: Update<WireUpdate>): void;
}

/** Whether a replica was brought up to date from its last transaction on, or anew. */
export type Synchronised = 'resumed' | 'snapshot';

/**
 * Keeps a replica up to date over one connection after another. It remembers the last transaction that the replica has
 * seen, and the server tells only what came after it, where it still knows (a clustered database does).
 */
export class Monitor {
  readonly #database: string;
  readonly #replica: Contents;
  #lastTransaction = noTransaction;
  #lastColumns = '';

  constructor(database: string, replica: Contents) {
    this.#database = database;
    this.#replica = replica;
  }

  /**
   * Starts on a new connection; the replica is up to date when this resolves.
   * @throws RpcError, ProtocolError or what ended the connection
   */
  async start(connection: RpcConnection, columns: ReadonlyMap<string, TableColumns>): Promise<Synchronised> {
    this.#useColumns(columns);
    for (const method of methods) {
      try {
        return await this.#startWith(method, connection, columns);
      } catch (error) {
        if (!(error instanceof RpcError && error.code === 'unknown method')) throw error;
      }
    }
    throw new ProtocolError('OVSDB server knows no monitor method');
  }

  /** Takes a notification of the current connection. @throws ProtocolError when it does not fit the replica. */
  notify(method: string, params: readonly unknown[]): void {
    if (params[0] !== this.#database) return;
    if (method === 'update') this.#apply(updateOf(params[1], 'monitor'));
    if (method === 'update2') this.#apply(updateOf(params[1], 'monitor_cond'));
    if (method === 'update3') {
      this.#apply(updateOf(params[2], 'monitor_cond_since'));
      this.#lastTransaction = String(params[1]);
    }
  }

  #apply(update: Update<WireUpdate>): void {
    try {
      this.#replica.applyUpdate(update);
    } catch (error) {
      this.#lastTransaction = noTransaction;
      throw error;
    }
  }

  /** Rows that were read with other columns cannot be resumed from. */
  #useColumns(columns: ReadonlyMap<string, TableColumns>): void {
    const names = JSON.stringify([...columns].map(([table, types]) => [table, Object.keys(types)]));
    if (names !== this.#lastColumns) this.#lastTransaction = noTransaction;
    this.#lastColumns = names;
    this.#replica.useColumns(columns);
  }

  /** The first answer is applied while it is handled: an update that follows at once must find it there. */
  #startWith(
    method: Method,
    connection: RpcConnection,
    columns: ReadonlyMap<string, TableColumns>,
  ): Promise<Synchronised> {
    const since = method === 'monitor_cond_since' ? [this.#lastTransaction] : [];
    const params = [this.#database, this.#database, requests(columns), ...since];
    const { promise, resolve, reject } = Promise.withResolvers<Synchronised>();
    connection.request(method, params, reply => {
      if (reply.kind === 'lost') reject(reply.reason);
      else if (reply.kind === 'error') reject(new RpcError(method, reply.error));
      else resolve((async () => this.#begin(method, reply.result))());
    });
    return promise;
  }

  #begin(method: Method, result: unknown): Synchronised {
    if (method !== 'monitor_cond_since') {
      this.#replica.applySnapshot(updateOf(result, method));
      return 'snapshot';
    }
    if (!Array.isArray(result)) throw new ProtocolError('OVSDB monitor_cond_since: the answer is not an array');
    const [found, transaction, updates] = result;
    if (found === true) this.#apply(updateOf(updates, method));
    else this.#replica.applySnapshot(updateOf(updates, method));
    this.#lastTransaction = String(transaction);
    return found === true ? 'resumed' : 'snapshot';
  }
}

function requests(columns: ReadonlyMap<string, TableColumns>): Record<string, [{ columns: string[] }]> {
  return Object.fromEntries([...columns].map(([table, types]) => [table, [{ columns: Object.keys(types) }]]));
}

const updateOf = (tables: unknown, method: Method): Update<WireUpdate> => ({
  tables: tables as Update<WireUpdate>['tables'],
  read: method === 'monitor' ? plainUpdate : conditionalUpdate,
});

interface WireUpdate {
  readonly new?: WireRow;
  readonly initial?: WireRow;
  readonly insert?: WireRow;
  readonly modify?: WireRow;
}

/** `<row-update>` of RFC 7047 §4.1.6: the whole row after the change, or none. */
const plainUpdate = (update: WireUpdate): RowUpdate =>
  update.new === undefined ? { kind: 'deleted' } : { kind: 'whole', row: update.new };

/** `<row-update2>` of ovsdb-server(7). */
function conditionalUpdate(update: WireUpdate): RowUpdate {
  const row = update.initial ?? update.insert;
  if (row !== undefined) return { kind: 'whole', row };
  return update.modify === undefined ? { kind: 'deleted' } : { kind: 'difference', columns: update.modify };
}
