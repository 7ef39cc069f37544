import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '../../servers/ovsdb.ts';

/** What the proxy does to the connections made from now on. */
export interface Fault {
  /** Resets the connection after so many bytes of the server's. */
  cutAfterBytes?: number;
  /** Rewrites what the client sends. */
  rewrite?: (text: string) => string;
}

/** Stands between a client and an ovsdb-server on unix sockets, and misbehaves when told to. */
export interface FaultyProxy extends AsyncDisposable {
  readonly remote: string;
  /** Connections made so far. */
  readonly connections: number;
  /** For connections made from now on. */
  fault: Fault;
  /** Forwards nothing from the server any more, on connections that there are, and leaves them open. */
  silence(): void;
  /** Ends the connections that there are. */
  cut(): void;
}

export async function startFaultyProxy(serverRemote: string): Promise<FaultyProxy> {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'proxy.sock');
  const pairs = new Set<{ client: Socket; server: Socket }>();
  const listener = createServer(client => {
    proxy.connections++;
    const pair = { client, server: createConnection(serverRemote.replace(/^unix:/, '')) };
    pairs.add(pair);
    forward(pair, proxy.fault, () => pairs.delete(pair));
  });
  const proxy = {
    remote: `unix:${path}`,
    connections: 0,
    fault: {} as Fault,
    silence() {
      for (const { server } of pairs) server.removeAllListeners('data').resume();
    },
    cut() {
      for (const { client } of pairs) client.destroy();
    },
    async [Symbol.asyncDispose]() {
      proxy.cut();
      await new Promise(resolve => listener.close(resolve));
      await directory[Symbol.asyncDispose]();
    },
  };
  await new Promise<void>(resolve => listener.listen(path, resolve));
  return proxy;
}

function forward({ client, server }: { client: Socket; server: Socket }, fault: Fault, onEnd: () => void): void {
  let left = fault.cutAfterBytes ?? Number.POSITIVE_INFINITY;
  const end = () => {
    client.destroy();
    server.destroy();
    onEnd();
  };
  server.on('data', chunk => {
    client.write(chunk.subarray(0, Math.min(left, chunk.length)));
    left -= chunk.length;
    if (left <= 0) client.end(end);
  });
  client.on('data', chunk => server.write(fault.rewrite?.(chunk.toString()) ?? chunk));
  for (const socket of [client, server]) socket.on('error', end).on('close', end);
}
