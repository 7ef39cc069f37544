import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { ConnectFailed } from './errors.ts';
import type { Remote } from './remote.ts';

/** PEM texts. Server and client prove themselves to each other by a common authority, as `ovs-pki` sets them up. */
export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

export interface TransportOptions {
  readonly tls?: TlsFiles | undefined;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** Opens a stream to the remote, ready to write. @throws ConnectFailed */
export function openStream(remote: Remote, options: TransportOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial(remote, options.tls);
    const fail = (cause: unknown) => {
      stopWaiting();
      // A socket that is given up may still report an error, which is nobody's any more.
      socket.on('error', () => {}).destroy();
      reject(new ConnectFailed(remote.text, cause));
    };
    const abort = () => fail(options.signal.reason);
    const cancelTimeout = options.clock.after(options.connectTimeoutMs, () => fail('no answer in time'));
    const stopWaiting = () => {
      cancelTimeout();
      options.signal.removeEventListener('abort', abort);
      socket.off('error', fail);
    };
    options.signal.addEventListener('abort', abort);
    socket.on('error', fail);
    socket.once(remote.kind === 'ssl' ? 'secureConnect' : 'connect', () => {
      stopWaiting();
      resolve(socket);
    });
  });
}

function dial(remote: Remote, tls: TlsFiles | undefined): Socket {
  if (remote.kind === 'unix') return createConnection({ path: remote.path });
  const { host, port } = remote;
  if (remote.kind === 'tcp') return createConnection({ host, port, noDelay: true });
  // Open vSwitch certificates name no host: whoever the authority signed is the server, as for every OVSDB client.
  return connectTls({ host, port, ...tls, checkServerIdentity: () => undefined }).setNoDelay(true);
}
