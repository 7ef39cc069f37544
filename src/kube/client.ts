/**
 * Typed REST to a Kubernetes API server, and nothing else: no cache, no retries of refused writes.
 * Verbs and parameters: https://kubernetes.io/docs/reference/using-api/api-concepts/
 */

import { type Clock, systemClock } from '../base/clock.ts';
import { apiVersionOf, type KubeObject, type ResourceType } from '../resources/meta.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { ApiError, errorOf, Gone, isStatus, NotFound, type Status, unavailable } from './errors.ts';
import { collectionPath, groupVersionPath, type ObjectRef, objectPath, type Query, refOf } from './resource-path.ts';
import { type ApiRequest, type ApiResponse, type Method, Transport } from './transport.ts';
import { decodeWatch, type WatchEvent } from './watch-stream.ts';

export interface KubeClientOptions {
  readonly config: ClusterConfig;
  /** Who our writes are recorded as in `managedFields`. */
  readonly fieldManager: string;
  readonly userAgent?: string;
  /** For ordinary requests; every watch has one more of its own. Default 16. */
  readonly maxConnections?: number;
  readonly clock?: Clock;
  /** Asked before every write is sent; where it says no the write fails as `Unavailable`. For who writes only while it leads. */
  readonly mayWrite?: () => boolean;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface WriteOptions extends CallOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
}

export interface SubresourceOptions extends WriteOptions {
  readonly subresource?: string;
}

export interface ApplyOptions extends SubresourceOptions {
  /** Take over fields that other managers own, instead of `Conflict`. Controllers do. */
  readonly force?: boolean;
  /** `Strict` refuses fields that the kind does not have; without it the server drops them and only warns. */
  readonly fieldValidation?: 'Strict';
}

export interface Selection {
  /** All namespaces when left out. */
  readonly namespace?: string | undefined;
  /** Such as `app=web,tier!=db`. */
  readonly labelSelector?: string | undefined;
  /** Such as `metadata.name=web`. */
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions<T = KubeObject> extends Selection, CallOptions {
  /** Objects a request; the result is whole in any case. Default 500, as kubectl. */
  readonly pageSize?: number;
  /** Applied to each object as its page comes, so that what it drops is never held for all pages. */
  readonly transform?: ((object: T) => T) | undefined;
}

export interface ListResult<T> {
  readonly items: T[];
  /** What to watch from. */
  readonly resourceVersion: string;
}

export interface WatchOptions extends Selection, CallOptions {
  /** Where to go on from. */
  readonly resourceVersion: string;
  /** After which the server ends the watch. */
  readonly timeoutSeconds: number;
  /** Milliseconds without a byte after which the connection is given up. Default: the timeout and 15 s. */
  readonly idleTimeout?: number | undefined;
}

export interface DeleteOptions extends CallOptions {
  /** Delete only this very object, or only as it was when we read it; else `Conflict`. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export type Patch =
  | { readonly type: 'json'; readonly body: readonly JsonPatchOperation[] }
  | { readonly type: 'merge' | 'strategic'; readonly body: object };

/** Requests put on the wire since the client was made. */
export interface RequestCounts {
  readonly reads: number;
  readonly writes: number;
  readonly watches: number;
}

/** One entry of a group's discovery document. */
export interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const patchContentType = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

export class KubeClient {
  readonly #transport: Transport;
  readonly #fieldManager: string;
  readonly #mayWrite: () => boolean;
  readonly #counts = { reads: 0, writes: 0, watches: 0 };

  constructor(options: KubeClientOptions) {
    const { config, fieldManager, userAgent, maxConnections = 16, clock = systemClock } = options;
    this.#transport = new Transport({ config, clock, userAgent: userAgent ?? fieldManager, maxConnections });
    this.#fieldManager = fieldManager;
    this.#mayWrite = options.mayWrite ?? (() => true);
  }

  get requestCounts(): RequestCounts {
    return { ...this.#counts };
  }

  /** @throws NotFound */
  get<T extends KubeObject>(type: ResourceType<T>, ref: ObjectRef, options: CallOptions = {}): Promise<T> {
    return this.#json('GET', objectPath(type, ref), { signal: options.signal });
  }

  /** As `get`, with absence as a value. */
  async find<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    return this.get(type, ref, options).catch(absentIsUndefined);
  }

  /** All objects selected, read page by page. */
  async list<T extends KubeObject>(type: ResourceType<T>, options: ListOptions<T> = {}): Promise<ListResult<T>> {
    const { pageSize = 500, signal, namespace, labelSelector, fieldSelector, transform = same => same } = options;
    const items: T[] = [];
    let query: Query = { limit: pageSize, labelSelector, fieldSelector };
    for (;;) {
      const page = await this.#page<T>(type, namespace, query, signal);
      if (!page) {
        // The token outlived the server's history. What was read so far is of a past the server forgot: read all at once.
        items.length = 0;
        query = { labelSelector, fieldSelector };
        continue;
      }
      for (const item of page.items) items.push(transform(item));
      if (!page.continue) return { items, resourceVersion: page.resourceVersion };
      query = { ...query, continue: page.continue };
    }
  }

  /** @returns undefined when the continue token has expired */
  async #page<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    query: Query,
    signal: AbortSignal | undefined,
  ) {
    const path = collectionPath(type, namespace);
    const answer = this.#json<ListAnswer<T>>('GET', path, { query, signal });
    const list = await answer.catch(error => {
      if (error instanceof Gone && query.continue) return undefined;
      throw error;
    });
    if (!list) return undefined;
    // Items of built-in kinds come without their type; their fields come first in YAML, so they go first here.
    const head = { apiVersion: apiVersionOf(type), kind: type.kind };
    const items = (list.items ?? []).map(item => ({ ...head, ...item }) as T);
    return { items, continue: list.metadata?.continue, resourceVersion: list.metadata?.resourceVersion ?? '' };
  }

  /** @throws AlreadyExists, Invalid */
  create<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions = {}): Promise<T> {
    const path = collectionPath(type, object.metadata.namespace);
    return this.#json('POST', path, this.#write(object, options));
  }

  /** Replaces the object; with a `resourceVersion`, only if nobody wrote meanwhile. @throws Conflict, NotFound, Invalid */
  update<T extends KubeObject>(type: ResourceType<T>, object: T, options: SubresourceOptions = {}): Promise<T> {
    const path = objectPath(type, refOf(object), options.subresource);
    return this.#json('PUT', path, this.#write(object, options));
  }

  updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions = {}): Promise<T> {
    return this.update(type, object, { ...options, subresource: 'status' });
  }

  patch<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    patch: Patch,
    options: SubresourceOptions = {},
  ): Promise<T> {
    const path = objectPath(type, ref, options.subresource);
    return this.#json('PATCH', path, this.#write(patch.body, options, patchContentType[patch.type]));
  }

  /**
   * Server-side apply: `object` holds exactly the fields we want to own.
   * https://kubernetes.io/docs/reference/using-api/server-side-apply/
   * @throws Conflict, naming the other managers, unless `force`
   */
  apply<T extends KubeObject>(type: ResourceType<T>, object: KubeObject, options: ApplyOptions = {}): Promise<T> {
    const write = this.#write(object, options, 'application/apply-patch+yaml');
    const query = { ...write.query, force: options.force, fieldValidation: options.fieldValidation };
    return this.#json('PATCH', objectPath(type, refOf(object), options.subresource), { ...write, query });
  }

  /**
   * @returns the object where it lives on until its finalizers or its grace period end, undefined where it is gone
   * @throws NotFound, Conflict when a precondition does not hold
   */
  async delete<T extends KubeObject>(
    type: ResourceType<T>,
    ref: ObjectRef,
    options: DeleteOptions = {},
  ): Promise<T | undefined> {
    const answer = await this.#json<T | Status>('DELETE', objectPath(type, ref), deleteRequest(options));
    return isStatus(answer) || !livesOn(answer) ? undefined : answer;
  }

  async deleteCollection(type: ResourceType, options: Selection & DeleteOptions = {}): Promise<void> {
    const { namespace, labelSelector, fieldSelector } = options;
    const request = deleteRequest(options);
    await this.#json('DELETE', collectionPath(type, namespace), {
      ...request,
      query: { labelSelector, fieldSelector },
    });
  }

  /**
   * Changes after `resourceVersion`, with bookmarks, in batches as they arrive. Ends when the server ends it or `signal` is
   * aborted.
   * @throws Gone when the server has forgotten that version, Unavailable when the connection is cut or goes silent
   */
  async *watch<T extends KubeObject>(type: ResourceType<T>, options: WatchOptions): AsyncGenerator<WatchEvent<T>[]> {
    const { resourceVersion, timeoutSeconds, labelSelector, fieldSelector, signal } = options;
    const path = collectionPath(type, options.namespace);
    const request: ApiRequest = {
      method: 'GET',
      path,
      query: { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds, labelSelector, fieldSelector },
      signal,
      streamIdleTimeout: options.idleTimeout ?? (timeoutSeconds + 15) * 1000,
    };
    yield* decodeWatch<T>(this.#chunks(request), `WATCH ${path}`);
  }

  /** Whether the server serves this kind now; a CustomResourceDefinition may come and go. */
  async serves(type: ResourceType, options: CallOptions = {}): Promise<boolean> {
    const resources = await this.resources(type.group, type.version, options);
    return resources.some(resource => resource.name === type.plural);
  }

  /** What is served of one group and version, subresources (`pods/log`) among it; empty when the group is unknown. */
  async resources(group: string, version: string, options: CallOptions = {}): Promise<readonly ApiResource[]> {
    const path = groupVersionPath(group, version);
    const answer = this.#json<{ resources?: ApiResource[] }>('GET', path, { signal: options.signal });
    return (await answer.catch(absentIsUndefined))?.resources ?? [];
  }

  /**
   * For what is not an object: logs, health, other servers' paths. The body has to be consumed or destroyed.
   * @throws ApiError for every status from 400 on
   */
  async request(request: ApiRequest): Promise<ApiResponse> {
    if (request.method !== 'GET' && !this.#mayWrite()) throw writeForbidden(`${request.method} ${request.path}`);
    this.#count(request);
    const response = await this.#transport.send(request);
    if (response.statusCode < 400) return response;
    throw errorOf(`${request.method} ${request.path}`, await statusOf(response));
  }

  /** Ends every request and watch; the client cannot be used afterwards. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  #write(body: object, options: WriteOptions, contentType = 'application/json'): Partial<ApiRequest> {
    const fieldManager = options.fieldManager ?? this.#fieldManager;
    return {
      query: { fieldManager, dryRun: options.dryRun ? 'All' : undefined },
      headers: { 'content-type': contentType },
      body: JSON.stringify(body),
      signal: options.signal,
    };
  }

  async #json<T>(method: Method, path: string, request: Partial<ApiRequest>): Promise<T> {
    const response = await this.request({ ...request, method, path });
    try {
      return (await response.body.json()) as T;
    } catch (error) {
      request.signal?.throwIfAborted();
      throw unavailable(`${method} ${path}`, error);
    }
  }

  /** The body of an open answer as it comes, its failures as `Unavailable`; an abort just ends it. */
  async *#chunks(request: ApiRequest): AsyncGenerator<Uint8Array> {
    try {
      const response = await this.request(request);
      for await (const chunk of response.body) yield chunk as Uint8Array;
    } catch (error) {
      if (request.signal?.aborted) return;
      throw error instanceof ApiError ? error : unavailable(`${request.method} ${request.path}`, error);
    }
  }

  #count({ method, streamIdleTimeout }: ApiRequest): void {
    if (method !== 'GET') this.#counts.writes += 1;
    else if (streamIdleTimeout !== undefined) this.#counts.watches += 1;
    else this.#counts.reads += 1;
  }
}

interface ListAnswer<T> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly T[] | null;
}

const writeForbidden = (request: string): ApiError =>
  errorOf(request, {
    kind: 'Status',
    code: 503,
    reason: 'NotLeader',
    message: 'this process does not lead, and may not write',
  });

const absentIsUndefined = (error: unknown): undefined => {
  if (error instanceof NotFound) return undefined;
  throw error;
};

function deleteRequest(options: DeleteOptions): Partial<ApiRequest> {
  const { preconditions, propagationPolicy, gracePeriodSeconds, dryRun, signal } = options;
  const body = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    preconditions,
    propagationPolicy,
    gracePeriodSeconds,
    dryRun: dryRun ? ['All'] : undefined,
  };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal };
}

/** Some kinds answer a deletion with the last state of an object that is gone already. */
const livesOn = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  ((metadata.finalizers?.length ?? 0) > 0 || (metadata.deletionGracePeriodSeconds ?? 0) > 0);

/** Proxies in between answer with other things than a Status. */
async function statusOf(response: ApiResponse): Promise<Status> {
  const text = await response.body.text().catch(() => '');
  const code = response.statusCode;
  try {
    const answer: unknown = JSON.parse(text);
    if (isStatus(answer)) return { ...answer, code };
  } catch {
    /* not JSON: its text is the message */
  }
  return { kind: 'Status', code, message: `${code} ${text.slice(0, 500).trim()}`.trim() };
}
