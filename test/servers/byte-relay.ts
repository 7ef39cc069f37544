/** A network that misbehaves on demand: relays bytes between clients and one TCP server. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class ByteRelay implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<{ readonly client: Socket; readonly upstream: Socket }>();
  #refusing = false;
  #bytesUntilCut = Number.POSITIVE_INFINITY;
  /** Connections accepted since the start. */
  accepted = 0;

  private constructor(host: string, port: number) {
    this.#server = createServer(client => this.#relay(client, connect({ host, port })));
  }

  /** @param listen a unix socket's path, or any free loopback port when left out */
  static async to(target: string, listen?: string): Promise<ByteRelay> {
    const url = new URL(target);
    const relay = new ByteRelay(url.hostname, Number(url.port || 443));
    if (listen) relay.#server.listen(listen);
    else relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Resets every connection. */
  cut(): void {
    for (const pair of this.#pairs) this.#end(pair);
  }

  /** Resets every connection after so many more bytes of answers: mid-message, if they are few. */
  cutAfter(bytes: number): void {
    this.#bytesUntilCut = bytes;
  }

  /** New connections are reset until `accept()`. */
  refuse(): void {
    this.#refusing = true;
  }

  accept(): void {
    this.#refusing = false;
  }

  /** Open connections stay open and never carry a byte again: their other end vanished. New ones work. */
  freezeOpenConnections(): void {
    for (const { client, upstream } of this.#pairs) {
      client.unpipe(upstream);
      upstream.removeAllListeners('data').pause();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket, upstream: Socket): void {
    const pair = { client, upstream };
    this.#pairs.add(pair);
    this.accepted += 1;
    for (const socket of [client, upstream]) {
      socket.on('error', () => this.#end(pair)).on('close', () => this.#end(pair));
    }
    if (this.#refusing) this.#end(pair);
    client.pipe(upstream);
    upstream.on('data', chunk => this.#answer(pair, chunk));
  }

  #answer(pair: { readonly client: Socket; readonly upstream: Socket }, chunk: Buffer): void {
    pair.client.write(chunk.subarray(0, this.#bytesUntilCut));
    this.#bytesUntilCut -= chunk.length;
    if (this.#bytesUntilCut > 0) return;
    this.#bytesUntilCut = Number.POSITIVE_INFINITY;
    // Only once the bytes before the cut are out: a reset would drop them.
    pair.client.end(() => this.cut());
  }

  #end(pair: { readonly client: Socket; readonly upstream: Socket }): void {
    if (!this.#pairs.delete(pair)) return;
    pair.client.resetAndDestroy();
    pair.upstream.destroy();
  }
}
