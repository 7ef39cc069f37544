import type { ServerResponse } from 'node:http';
import type { View } from '../http/view.ts';
import { type StatusError, tooOld } from '../status-error.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { encodeEvent, eventFor } from './event.ts';

/** What one client watches. */
export interface WatchRequest {
  readonly resource: string;
  readonly view: View;
  readonly selects: (record: StoredRecord) => boolean;
  /** Objects to tell as added before anything else. */
  readonly initial: readonly StoredRecord[];
  /** Changes after this revision are told. */
  readonly from: number;
  readonly allowBookmarks: boolean;
  /** Whether a bookmark says when the initial objects are through. */
  readonly marksInitialEnd: boolean;
  /** An empty object of the kind, for bookmarks. */
  readonly type: { kind: string; apiVersion: string };
}

/**
 * One watch. It holds no events, only how far its client has read: a slow client reads later from the store's history,
 * and one that falls behind the history is told that it is too late, and dropped.
 */
export class WatchStream {
  readonly #response: ServerResponse;
  readonly #store: Store;
  readonly #request: WatchRequest;
  #initialSent = 0;
  #initialMarked: boolean;
  #cursor: number;
  #blocked = false;

  constructor(response: ServerResponse, store: Store, request: WatchRequest) {
    this.#response = response;
    this.#store = store;
    this.#request = request;
    this.#cursor = request.from;
    this.#initialMarked = !request.marksInitialEnd;
    response.on('drain', () => {
      this.#blocked = false;
      this.pump();
    });
  }

  /** Sends what the client has not seen yet, as far as it reads. */
  pump(): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#response.cork();
    this.#sendInitial();
    const inTime = this.#blocked || this.#sendChanges();
    // Node loses what is corked when the response ends, so it ends after that.
    this.#response.uncork();
    if (!inTime) this.#fail(tooOld(this.#cursor, this.#store.oldest(this.#request.resource)));
  }

  /** Tells how far the client is, when it has read everything. */
  bookmark(): void {
    if (!this.#request.allowBookmarks || this.#blocked || this.#response.writableEnded) return;
    this.pump();
    if (this.#blocked) return;
    this.#cursor = Math.max(this.#cursor, this.#store.revision);
    this.#write(this.#bookmarkLine({}));
  }

  end(): void {
    this.#response.end();
  }

  #sendInitial(): void {
    const { initial, view } = this.#request;
    while (!this.#blocked && this.#initialSent < initial.length) {
      const record = initial[this.#initialSent++];
      if (record) this.#write(encodeEvent({ type: 'ADDED', record }, view));
    }
    if (this.#blocked || this.#initialMarked) return;
    this.#initialMarked = true;
    this.#write(this.#bookmarkLine({ annotations: { 'k8s.io/initial-events-end': 'true' } }));
  }

  /** Whether the changes that come next for the client are still known. */
  #sendChanges(): boolean {
    const { resource, selects, view } = this.#request;
    const changes = this.#store.since(resource, this.#cursor);
    if (!changes) return false;
    for (const change of changes) {
      this.#cursor = change.revision;
      const event = eventFor(change, selects);
      if (event) this.#write(encodeEvent(event, view));
      if (this.#blocked) break;
    }
    return true;
  }

  #fail({ status }: StatusError): void {
    this.#write(Buffer.from(`${JSON.stringify({ type: 'ERROR', object: status })}\n`));
    this.end();
  }

  #bookmarkLine(more: Record<string, unknown>): Buffer {
    const { type } = this.#request;
    const metadata = { resourceVersion: String(this.#cursor), creationTimestamp: null, ...more };
    return Buffer.from(`${JSON.stringify({ type: 'BOOKMARK', object: { ...type, metadata } })}\n`);
  }

  #write(line: Buffer): void {
    if (!this.#response.write(line)) this.#blocked = true;
  }
}
