/** Bytes from here to there and back: how clients in one network namespace reach a server in another. */
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** Connects each connection of a listening server to the target. A side that ends or fails ends the other. */
export const relayConnections = (server: Server, target: NetConnectOpts): void => {
  server.on('connection', (client: Socket) => {
    const upstream = connect({ ...target, noDelay: true });
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
  });
};

/** Resolves when the socket can be connected to. */
export const relayFromSocket = (socketPath: string, target: NetConnectOpts): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    relayConnections(server, target);
    server.once('error', reject);
    server.listen(socketPath, () => resolve(server));
  });
