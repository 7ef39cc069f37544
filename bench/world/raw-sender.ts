/** ovsdb-server's own capacity: requests that were built before, written to its socket as they are, and only the answers counted. */
import { createConnection, type Socket } from 'node:net';
import { MessageSplitter } from '../../src/ovsdb/message-splitter.ts';

export class RawSender implements Disposable {
  readonly #socket: Socket;
  #onMessage: (text: string) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    const splitter = new MessageSplitter(text => this.#onMessage(text));
    socket.on('data', (chunk: Buffer) => splitter.push(chunk));
  }

  /** @param remote as `unix:PATH` */
  static async connect(remote: string): Promise<RawSender> {
    const socket = createConnection(remote.replace(/^unix:/, ''));
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawSender(socket);
  }

  /** Sends all requests at once; resolves when as many answers have come. @throws when one of them is an error */
  send(requests: readonly Buffer[]): Promise<void> {
    let left = requests.length;
    if (left === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#onMessage = text => {
        if (text.includes('"details"')) reject(new Error(`ovsdb-server refused: ${text.slice(0, 400)}`));
        left -= 1;
        if (left === 0) resolve();
      };
      this.#socket.write(Buffer.concat(requests));
    });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** A `transact` request as bytes. */
export const transactRequest = (id: number, database: string, operations: readonly object[]): Buffer =>
  Buffer.from(JSON.stringify({ id, method: 'transact', params: [database, ...operations] }));
