/** Failures of a connection. None reaches a caller of `transact`, whose failures are values; they end up in a client's status. */
export abstract class OvsdbError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** A remote that is not `unix:PATH`, `tcp:HOST:PORT` or `ssl:HOST:PORT`. */
export class InvalidRemote extends OvsdbError {
  constructor(remote: string) {
    super(`OVSDB remote "${remote}": expected unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT`);
  }
}

/** Nothing could be reached at the remote: refused, unresolvable, no TLS agreement, or no answer in time. */
export class ConnectFailed extends OvsdbError {
  constructor(remote: string, cause: unknown) {
    super(`cannot connect to ${remote}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The connection was there and ended. */
export class ConnectionLost extends OvsdbError {
  constructor(why: string, cause?: unknown) {
    super(`OVSDB connection lost: ${why}`, { cause });
  }
}

/** The peer sent what RFC 7047 does not allow, or an update that does not fit the replica. */
export class ProtocolError extends OvsdbError {}

/** The server answered a request other than `transact` with an error. */
export class RpcError extends OvsdbError {
  readonly code: string;

  constructor(method: string, error: unknown) {
    const { code, details } = describe(error);
    super(`OVSDB ${method}: ${details === '' ? code : `${code} (${details})`}`);
    this.code = code;
  }
}

/** The server does not serve the database, or not now, or not as the leader of its cluster. */
export class DatabaseUnavailable extends OvsdbError {
  constructor(database: string, why: string) {
    super(`OVSDB database ${database}: ${why}`);
  }
}

/** The client was closed by its owner. */
export class ClientClosed extends OvsdbError {
  constructor() {
    super('the OVSDB client was closed');
  }
}

/** RFC 7047 §4 allows any JSON as an error; servers send `"unknown method"` or `{"error": …, "details": …}`. */
function describe(error: unknown): { code: string; details: string } {
  if (typeof error !== 'object' || error === null) return { code: String(error), details: '' };
  const { error: code, details } = error as { error?: unknown; details?: unknown };
  return { code: String(code ?? JSON.stringify(error)), details: details === undefined ? '' : String(details) };
}
