import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher, request } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';

/** Any JSON object, as far as tests look at it. */
export type Body = Record<string, unknown>;

export interface Answer {
  readonly code: number;
  readonly body: Body;
  readonly headers: Record<string, string | string[] | undefined>;
}

export interface Options {
  readonly contentType?: string;
  readonly accept?: string;
  readonly userAgent?: string;
}

const kubeconfigShape = z.object({
  clusters: z.array(z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) })),
  users: z.array(
    z.object({
      user: z.object({
        'client-certificate-data': z.string().optional(),
        'client-key-data': z.string().optional(),
        token: z.string().optional(),
      }),
    }),
  ),
});

const decode = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : Buffer.from(text, 'base64').toString();

/** Speaks HTTP with an API server as the first user of a kubeconfig, and nothing more: tests see what is on the wire. */
export class ApiClient {
  readonly #server: string;
  readonly #token: string | undefined;
  readonly #agent: Agent;

  constructor(kubeconfig: string) {
    const { clusters, users } = kubeconfigShape.parse(parse(kubeconfig));
    const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
    this.#server = cluster?.server ?? '';
    this.#token = user?.token;
    const [cert, key] = [decode(user?.['client-certificate-data']), decode(user?.['client-key-data'])];
    const ca = decode(cluster?.['certificate-authority-data']);
    this.#agent = new Agent({ connections: 64, connect: { ...(ca && { ca }), ...(cert && key && { cert, key }) } });
  }

  static fromFile(file: string): ApiClient {
    return new ApiClient(readFileSync(file, 'utf8'));
  }

  get(path: string, options: Options = {}): Promise<Answer> {
    return this.#send('GET', path, undefined, options);
  }

  post(path: string, body: unknown, options: Options = {}): Promise<Answer> {
    return this.#send('POST', path, body, options);
  }

  put(path: string, body: unknown, options: Options = {}): Promise<Answer> {
    return this.#send('PUT', path, body, options);
  }

  patch(path: string, contentType: string, body: unknown): Promise<Answer> {
    return this.#send('PATCH', path, body, { contentType });
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return this.#send('DELETE', path, body, {});
  }

  /** Begins a watch; `path` carries the query. */
  async watch(path: string): Promise<Watch> {
    const stop = new AbortController();
    const response = await this.#request('GET', path, undefined, {}, stop.signal);
    return new Watch(response.body, stop);
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #send(method: Dispatcher.HttpMethod, path: string, body: unknown, options: Options): Promise<Answer> {
    const response = await this.#request(method, path, body, options);
    const text = await response.body.text();
    const isJson = String(response.headers['content-type']).startsWith('application/json');
    return { code: response.statusCode, body: isJson ? JSON.parse(text) : { text }, headers: response.headers };
  }

  #request(
    method: Dispatcher.HttpMethod,
    path: string,
    body: unknown,
    { contentType = 'application/json', accept, userAgent }: Options,
    signal?: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    return request(this.#server + path, {
      method,
      dispatcher: this.#agent,
      ...(signal && { signal }),
      headers: {
        'content-type': contentType,
        accept: accept ?? 'application/json',
        'user-agent': userAgent ?? 'contract-suite',
        ...(this.#token && { authorization: `Bearer ${this.#token}` }),
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Body;
}

/** The events of one watch, in order. */
export class Watch {
  readonly #lines: AsyncGenerator<WatchEvent>;
  readonly #stop: AbortController;

  constructor(body: AsyncIterable<Buffer>, stop: AbortController) {
    this.#lines = eventsOf(body);
    this.#stop = stop;
  }

  /** The next event, or `undefined` when the server has ended the watch. */
  async next(): Promise<WatchEvent | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : value;
  }

  /** Events up to and including the first for which `last` holds. */
  async until(last: (event: WatchEvent) => boolean): Promise<WatchEvent[]> {
    const events: WatchEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) {
      events.push(event);
      if (last(event)) return events;
    }
    throw new Error(`the watch ended after ${JSON.stringify(events)}`);
  }

  close(): void {
    this.#stop.abort();
  }
}

async function* eventsOf(body: AsyncIterable<Buffer>): AsyncGenerator<WatchEvent> {
  let rest = '';
  for await (const chunk of body) {
    rest += chunk.toString();
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}
