import type { ServerResponse } from 'node:http';
import type { Change } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { type WatchRequest, WatchStream } from './stream.ts';

/** All watches of this server. */
export class WatchHub {
  readonly #store: Store;
  readonly #streams = new Map<string, Set<WatchStream>>();
  readonly #stopListening: () => void;
  readonly #bookmarks: NodeJS.Timeout;

  constructor(store: Store, bookmarkIntervalMs: number) {
    this.#store = store;
    this.#stopListening = store.onChanges(changes => this.#pump(changes));
    this.#bookmarks = setInterval(() => this.#bookmark(), bookmarkIntervalMs);
  }

  /** Streams into the response until the client leaves or the time is up. */
  open(response: ServerResponse, request: WatchRequest, timeoutMs: number): void {
    const stream = new WatchStream(response, this.#store, request);
    const streams = this.#streams.get(request.resource) ?? new Set();
    this.#streams.set(request.resource, streams.add(stream));
    const timer = setTimeout(() => stream.end(), timeoutMs);
    response.on('close', () => {
      clearTimeout(timer);
      streams.delete(stream);
    });
    response.flushHeaders();
    stream.pump();
  }

  /** Ends the watches of a resource that is no longer served. */
  endAll(resource: string): void {
    for (const stream of this.#streams.get(resource) ?? []) stream.end();
  }

  close(): void {
    clearInterval(this.#bookmarks);
    this.#stopListening();
    for (const resource of this.#streams.keys()) this.endAll(resource);
  }

  #pump(changes: readonly Change[]): void {
    for (const resource of new Set(changes.map(({ record }) => record.key.resource))) {
      for (const stream of this.#streams.get(resource) ?? []) stream.pump();
    }
  }

  #bookmark(): void {
    for (const streams of this.#streams.values()) for (const stream of streams) stream.bookmark();
  }
}
