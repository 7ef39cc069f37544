import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Counters } from './counters.ts';
import { ConnectionLost, ProtocolError, RpcError } from './errors.ts';
import { MessageSplitter } from './message-splitter.ts';

/** How a request ended. `lost`: the connection died before an answer came, so the server may or may not have acted. */
export type Reply =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'lost'; readonly reason: Error };

export interface RpcOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  /** After so much silence an echo is sent; after as much again the connection is dead. */
  readonly probeIntervalMs: number;
  readonly onNotification: (method: string, params: readonly unknown[]) => void;
}

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/**
 * One JSON-RPC 1.0 connection (RFC 7047 §4): pipelined requests, notifications, and echo in both directions (§4.1.11).
 *
 * INVARIANTS:
 * - Replies and notifications are handled in the order of the wire, each completely before the next.
 * - Every request gets exactly one `Reply`, at the latest when the connection ends.
 */
export class RpcConnection {
  /** Resolves, once, with why the connection ended. */
  readonly ended: Promise<Error>;

  readonly #stream: Duplex;
  readonly #options: RpcOptions;
  readonly #pending = new Map<number, (reply: Reply) => void>();
  readonly #resolveEnded: (reason: Error) => void;
  #nextId = 0;
  #over = false;
  #heardAt: number;
  #probing = false;
  #cancelProbe: () => void = () => {};

  constructor(stream: Duplex, options: RpcOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#heardAt = options.clock.now();
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    this.#listen();
    this.#scheduleProbe(options.probeIntervalMs);
  }

  get open(): boolean {
    return !this.#over;
  }

  /** Sends a request; `onReply` runs synchronously, before any later message is looked at. */
  request(method: string, params: readonly unknown[], onReply: (reply: Reply) => void): void {
    if (this.#over) {
      onReply({ kind: 'lost', reason: new ConnectionLost('already closed') });
      return;
    }
    const id = this.#nextId++;
    this.#pending.set(id, onReply);
    this.#send({ id, method, params });
  }

  /** Sends a request and waits for its result. @throws RpcError, ConnectionLost or what else ended the connection */
  call(method: string, params: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.request(method, params, reply => {
        if (reply.kind === 'result') resolve(reply.result);
        else reject(reply.kind === 'lost' ? reply.reason : new RpcError(method, reply.error));
      });
    });
  }

  /** Ends the connection; what is still pending is `lost`. Only the first reason counts. */
  end(reason: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelProbe();
    this.#stream.destroy();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const onReply of pending) onReply({ kind: 'lost', reason });
    this.#resolveEnded(reason);
  }

  #listen(): void {
    const splitter = new MessageSplitter(text => this.#receive(text));
    this.#stream.on('data', (chunk: Buffer) => {
      this.#options.counters.bytesReceived += chunk.length;
      this.#heardAt = this.#options.clock.now();
      this.#probing = false;
      splitter.push(chunk);
    });
    this.#stream.on('error', cause => this.end(new ConnectionLost(cause.message, cause)));
    this.#stream.on('close', () => this.end(new ConnectionLost('closed by the server')));
    this.#stream.on('end', () => this.end(new ConnectionLost('closed by the server')));
  }

  #send(message: Message): void {
    const text = JSON.stringify(message);
    const { counters } = this.#options;
    counters.messagesSent++;
    counters.bytesSent += Buffer.byteLength(text);
    // One system call for all that one turn of the event loop sends.
    if (this.#stream.writableCorked === 0) {
      this.#stream.cork();
      process.nextTick(() => this.#stream.uncork());
    }
    this.#stream.write(text);
  }

  #receive(text: string): void {
    if (this.#over) return;
    this.#options.counters.messagesReceived++;
    try {
      this.#dispatch(parseMessage(text));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.end(error);
    }
  }

  #dispatch({ id, method, params, result, error }: Message): void {
    if (typeof method === 'string') {
      if (method === 'echo') this.#send({ id, result: params, error: null });
      else this.#options.onNotification(method, Array.isArray(params) ? params : []);
      return;
    }
    const onReply = this.#pending.get(Number(id));
    if (onReply === undefined) throw new ProtocolError(`OVSDB reply to nothing asked: id ${JSON.stringify(id)}`);
    this.#pending.delete(Number(id));
    onReply(error === null || error === undefined ? { kind: 'result', result } : { kind: 'error', error });
  }

  #scheduleProbe(ms: number): void {
    this.#cancelProbe = this.#options.clock.after(ms, () => this.#probe());
  }

  #probe(): void {
    const { clock, probeIntervalMs } = this.#options;
    const silence = clock.now() - this.#heardAt;
    if (silence < probeIntervalMs) this.#scheduleProbe(probeIntervalMs - silence);
    else if (this.#probing) this.end(new ConnectionLost(`no answer to an echo for ${probeIntervalMs} ms`));
    else {
      this.#probing = true;
      this.request('echo', [], () => {});
      this.#scheduleProbe(probeIntervalMs);
    }
  }
}

function parseMessage(text: string): Message {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message === 'object' && message !== null) return message;
  } catch (cause) {
    throw new ProtocolError(`OVSDB message is not JSON: ${text.slice(0, 80)}`, { cause });
  }
  throw new ProtocolError(`OVSDB message is not an object: ${text.slice(0, 80)}`);
}
