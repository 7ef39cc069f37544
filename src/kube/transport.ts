/** HTTP to one API server: connection pools, authentication, polite retries. Knows nothing of resources. */
import { type Dispatcher, Pool } from 'undici';
import { type Clock, sleep } from '../base/clock.ts';
import { type Authorization, createAuthorization } from './authorization.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { unavailable } from './errors.ts';
import { type Query, queryString } from './resource-path.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ApiRequest {
  readonly method: Method;
  /** Below the server's base URL, such as `/api/v1/pods`. */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds of silence after which the answer's body is given up. Set for answers that stay open (watches, followed
   * logs): they get connections of their own, so that they cannot starve ordinary requests.
   */
  readonly streamIdleTimeout?: number;
}

export type ApiResponse = Dispatcher.ResponseData;

export interface TransportOptions {
  readonly config: ClusterConfig;
  readonly clock: Clock;
  readonly userAgent: string;
  /** For ordinary requests; more wait for a free one. */
  readonly maxConnections: number;
}

const ATTEMPTS = 5;
const LONGEST_RETRY_AFTER_SECONDS = 10;
/** The API server itself gives up on an ordinary request after 60 s. */
const REQUEST_TIMEOUT = 65_000;

/**
 * Keep-alive probes find a peer that vanished without closing: the first after 15 s of silence, then ten, one a second.
 * (libuv's intervals; a proxy that answers for a dead server is found by `streamIdleTimeout` only.)
 */
const KEEP_ALIVE_PROBE_AFTER = 15_000;

export class Transport {
  readonly #basePath: string;
  readonly #clock: Clock;
  readonly #userAgent: string;
  readonly #authorization: Authorization;
  readonly #requests: Pool;
  readonly #streams: Pool;

  constructor({ config, clock, userAgent, maxConnections }: TransportOptions) {
    const url = new URL(config.server);
    const shared = { connect: connectOptions(config), allowH2: false, headersTimeout: REQUEST_TIMEOUT };
    this.#basePath = url.pathname.replace(/\/$/, '');
    this.#clock = clock;
    this.#userAgent = userAgent;
    this.#authorization = createAuthorization(config, clock);
    // kube-apiserver closes idle connections after 90 s: ours have to be given up before.
    const keepAlive = { keepAliveTimeout: 60_000, keepAliveMaxTimeout: 60_000, bodyTimeout: REQUEST_TIMEOUT };
    this.#requests = new Pool(url.origin, { ...shared, ...keepAlive, connections: maxConnections });
    this.#streams = new Pool(url.origin, { ...shared, connections: null });
  }

  /**
   * Sends until answered: again with a fresh token after a 401, when the server asks to come back later, and once when a
   * read met a connection that was closed. Answers of every status are returned; their bodies have to be consumed.
   * @throws Unavailable when no answer came; the request's own abort reason when it was aborted.
   */
  async send(request: ApiRequest): Promise<ApiResponse> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#attempt(request, attempt);
      if (!response) continue;
      if (attempt >= ATTEMPTS || !(await this.#worthAnotherTry(response, request, attempt))) return response;
      await response.body.dump();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#requests.destroy(), this.#streams.destroy()]);
  }

  /** @returns undefined when the request may be sent again at once */
  async #attempt(request: ApiRequest, attempt: number): Promise<ApiResponse | undefined> {
    const authorization = await this.#authorization.header();
    try {
      return await this.#dispatch(request, authorization);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (attempt === 1 && request.method === 'GET' && wasCut(error)) return undefined;
      throw unavailable(`${request.method} ${request.path}`, error);
    }
  }

  #dispatch(request: ApiRequest, authorization: string | undefined): Promise<ApiResponse> {
    const { method, streamIdleTimeout, body = null, signal = null } = request;
    const pool = streamIdleTimeout === undefined ? this.#requests : this.#streams;
    return pool.request({
      method,
      path: `${this.#basePath}${request.path}${queryString(request.query ?? {})}`,
      headers: {
        accept: 'application/json',
        'user-agent': this.#userAgent,
        ...(authorization ? { authorization } : {}),
        ...request.headers,
      },
      body,
      signal,
      ...(streamIdleTimeout === undefined ? {} : { bodyTimeout: streamIdleTimeout }),
    });
  }

  async #worthAnotherTry(response: ApiResponse, request: ApiRequest, attempt: number): Promise<boolean> {
    if (response.statusCode === 401) return attempt === 1 && this.#authorization.renew();
    if (response.statusCode !== 429 && response.statusCode < 500) return false;
    const seconds = Number(response.headers['retry-after']);
    if (!Number.isFinite(seconds)) return false;
    await sleep(this.#clock, Math.min(seconds, LONGEST_RETRY_AFTER_SECONDS) * 1000, request.signal);
    request.signal?.throwIfAborted();
    return true;
  }
}

function connectOptions(config: ClusterConfig) {
  return {
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_AFTER,
    timeout: 10_000,
    rejectUnauthorized: !config.insecureSkipTlsVerify,
    ...(config.ca && { ca: config.ca }),
    ...(config.cert && { cert: config.cert }),
    ...(config.key && { key: config.key }),
    ...(config.tlsServerName && { servername: config.tlsServerName }),
    ...(config.socketPath && { socketPath: config.socketPath }),
  };
}

const cutCodes = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

const wasCut = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && cutCodes.has(String(error.code));
