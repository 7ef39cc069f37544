/**
 * The lab's echo server: tells every client how its request arrived. Used in containers by the image name `echo`.
 *
 * PORT: where it listens, TCP (HTTP) and UDP; several are separated by commas. Default 80.
 * POD_NAME, POD_NAMESPACE, NODE_NAME: what it says of itself; without them its hostname.
 * `?delay=MILLISECONDS`, `?status=CODE`, `?format=text`. `/healthz` fails from SIGTERM on, everything else is served until
 * the process is killed, as a server does that waits for load balancers to turn away from it, or until EXIT_AFTER
 * milliseconds (default 5000) after SIGTERM, when nothing is in flight.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';

interface Identity {
  pod: string;
  namespace: string;
  node: string;
}

/** An IPv4 client of a dual-stack socket is shown as what it is. */
const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '');

const describe = (identity: Identity, request: IncomingMessage, url: URL) => ({
  ...identity,
  path: url.pathname,
  method: request.method,
  host: request.headers.host,
  headers: request.headers,
  clientAddress: plain(request.socket.remoteAddress),
  clientPort: request.socket.remotePort,
  localAddress: plain(request.socket.localAddress),
  localPort: request.socket.localPort,
});

const asText = (facts: ReturnType<typeof describe>): string =>
  `${facts.pod} sees ${facts.clientAddress}:${facts.clientPort} at ${facts.localAddress}:${facts.localPort}\n`;

/** What a client may ask for; anything else is answered as if it had not asked. */
const statusOf = (url: URL): number => {
  const asked = Number(url.searchParams.get('status'));
  return Number.isInteger(asked) && asked >= 200 && asked <= 599 ? asked : 200;
};

const answer = (identity: Identity, leaving: boolean, request: IncomingMessage, response: ServerResponse): void => {
  const url = URL.parse(request.url ?? '/', 'http://echo') ?? new URL('http://echo/');
  const unready = leaving && url.pathname === '/healthz';
  const facts = describe(identity, request, url);
  const isText = url.searchParams.get('format') === 'text';
  request.resume();
  setTimeout(
    () => {
      response.writeHead(unready ? 503 : statusOf(url), {
        'content-type': isText ? 'text/plain' : 'application/json',
        // A connection that outlives the answer would hide from its client that this server is going.
        ...(leaving ? { connection: 'close' } : {}),
      });
      response.end(isText ? asText(facts) : `${JSON.stringify(facts)}\n`);
    },
    Number(url.searchParams.get('delay') ?? 0),
  );
};

const listenUdp = (identity: Identity, { port, family }: AddressInfo): void => {
  const socket = createSocket({ type: family === 'IPv6' ? 'udp6' : 'udp4' });
  socket.on('message', (message, client) => {
    const facts = {
      ...identity,
      clientAddress: plain(client.address),
      clientPort: client.port,
      message: String(message),
    };
    socket.send(`${JSON.stringify(facts)}\n`, client.port, client.address);
  });
  socket.bind(port, () => console.log(`${identity.pod} listens on ${port}`));
};

const closed = (server: Server): Promise<unknown> => {
  server.close();
  return once(server, 'close');
};

/** `kdc echo`: serves until it is told to end. */
export const runEcho = (env: NodeJS.ProcessEnv): void => {
  const { PORT = '80', POD_NAME = hostname(), POD_NAMESPACE = '', NODE_NAME = '', EXIT_AFTER = '5000' } = env;
  const identity = { pod: POD_NAME, namespace: POD_NAMESPACE, node: NODE_NAME };
  let leaving = false;
  const servers = PORT.split(',').map(text => {
    const server = createServer((request, response) => answer(identity, leaving, request, response));
    return server.listen(Number(text), () => listenUdp(identity, server.address() as AddressInfo));
  });
  process.once('SIGTERM', () => {
    leaving = true;
    console.log(`${POD_NAME} finishes what is in flight`);
    setTimeout(() => void Promise.all(servers.map(closed)).then(() => process.exit(0)), Number(EXIT_AFTER));
  });
};
