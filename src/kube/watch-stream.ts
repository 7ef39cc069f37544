/** The body of a watch: one JSON event a line. https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
import type { KubeObject, ObjectMeta } from '../resources/meta.ts';
import { errorOf, isStatus } from './errors.ts';

/** Says only how far the watch has come; carries no object. */
export interface Bookmark {
  readonly type: 'BOOKMARK';
  readonly object: { readonly metadata: Pick<ObjectMeta, 'resourceVersion' | 'annotations'> };
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | Bookmark;

const NEWLINE = 0x0a;

/**
 * The events of each chunk together, so that whoever follows can work in batches. A line that the stream's end cuts short
 * is dropped: its event comes again on the next watch.
 * @throws ApiError for an event of type ERROR, `Gone` among them.
 */
export async function* decodeWatch<T extends KubeObject>(
  chunks: AsyncIterable<Uint8Array>,
  request: string,
): AsyncGenerator<WatchEvent<T>[]> {
  for await (const lines of splitLines(chunks)) {
    yield lines.map(line => eventOf<T>(line, request));
  }
}

/** Whole lines only; the bytes of a line that spans chunks are put together once. */
async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let pending: Uint8Array[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      pending.push(chunk);
      continue;
    }
    const text = Buffer.concat([...pending, chunk.subarray(0, end)]).toString('utf8');
    pending = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    const lines = text.split('\n').filter(line => line !== '');
    if (lines.length > 0) yield lines;
  }
}

function eventOf<T extends KubeObject>(line: string, request: string): WatchEvent<T> {
  const event = JSON.parse(line) as WatchEvent<T> | { type: 'ERROR'; object: unknown };
  if (event.type !== 'ERROR') return event;
  throw errorOf(request, isStatus(event.object) ? event.object : { kind: 'Status', message: 'watch failed' });
}
