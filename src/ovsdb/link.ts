import { DatabaseUnavailable, RpcError } from './errors.ts';
import { Monitor } from './monitor.ts';
import type { Remote } from './remote.ts';
import { Replica } from './replica.ts';
import { RpcConnection, type RpcOptions } from './rpc.ts';
import { type DatabaseRow, serverDatabase, whyUnfit } from './server-database.ts';
import { parseServerSchema, type ServerSchema } from './server-schema.ts';
import { openStream, type TransportOptions } from './transport.ts';

export interface LinkOptions extends TransportOptions, RpcOptions {
  readonly database: string;
  readonly leaderOnly: boolean;
}

/** A connection to a server that is fit to serve the database; it ends itself when the server is so no longer. */
export interface Link {
  readonly connection: RpcConnection;
  readonly schema: ServerSchema;
}

/** @throws ConnectFailed, DatabaseUnavailable, RpcError, ProtocolError or ConnectionLost */
export async function openLink(remote: Remote, options: LinkOptions): Promise<Link> {
  const stream = await openStream(remote, options);
  const watch = new ServerWatch(options);
  const connection = new RpcConnection(stream, {
    ...options,
    onNotification(method, params) {
      watch.notify(method, params);
      options.onNotification(method, params);
      if (method === 'monitor_canceled') connection.end(new DatabaseUnavailable(options.database, 'was removed'));
    },
  });
  endOnAbort(connection, options.signal);
  try {
    await ignoreUnknown(connection.call('set_db_change_aware', [true]));
    await ignoreUnknown(watch.start(connection));
    return { connection, schema: parseServerSchema(await connection.call('get_schema', [options.database])) };
  } catch (error) {
    connection.end(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

function endOnAbort(connection: RpcConnection, signal: AbortSignal): void {
  const abort = () => connection.end(signal.reason);
  signal.addEventListener('abort', abort);
  void connection.ended.then(() => signal.removeEventListener('abort', abort));
  if (signal.aborted) abort();
}

/** Servers before 2.9 have neither this method nor the database `_Server`: they neither cluster nor change schemas. */
async function ignoreUnknown(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const unknown = error instanceof RpcError && /^unknown (method|database)$/.test(error.code);
    if (!unknown) throw error;
  }
}

/** Follows what the server says of our database, and ends the connection when it lost the lead or its schema changed. */
class ServerWatch {
  readonly #options: Pick<LinkOptions, 'database' | 'leaderOnly'>;
  readonly #replica: Replica<{ Database: DatabaseRow }>;
  readonly #monitor: Monitor;

  constructor(options: Pick<LinkOptions, 'database' | 'leaderOnly'>) {
    this.#options = options;
    this.#replica = new Replica(columnsOfServer);
    this.#monitor = new Monitor(serverDatabase.name, this.#replica);
  }

  async start(connection: RpcConnection): Promise<void> {
    await this.#monitor.start(connection, columnsOfServer);
    this.#check();
    const { schema } = this.#row() ?? {};
    this.#replica.onChange(() => {
      const why = this.#whyUnfit() ?? (this.#row()?.schema === schema ? undefined : 'its schema changed');
      if (why !== undefined) connection.end(new DatabaseUnavailable(this.#options.database, why));
    });
  }

  notify(method: string, params: readonly unknown[]): void {
    this.#monitor.notify(method, params);
  }

  #check(): void {
    const why = this.#whyUnfit();
    if (why !== undefined) throw new DatabaseUnavailable(this.#options.database, why);
  }

  #whyUnfit(): string | undefined {
    return whyUnfit(this.#row(), this.#options.leaderOnly);
  }

  #row(): DatabaseRow | undefined {
    return [...this.#replica.table('Database').rows.values()].find(({ name }) => name === this.#options.database);
  }
}

const columnsOfServer = new Map(Object.entries(serverDatabase.tables));
