import type { View } from '../http/view.ts';
import { type Change, type ChangeType, makeRecord, type StoredRecord } from '../store/record.ts';

/** What a watcher with a selector is told of a change; `undefined`: nothing. */
export interface WatchEvent {
  readonly type: ChangeType;
  readonly record: StoredRecord;
}

/** An object that leaves the selection is told as deleted, one that enters it as added. */
export const eventFor = (
  { type, record, previous, revision }: Change,
  selects: (record: StoredRecord) => boolean,
): WatchEvent | undefined => {
  const before = previous !== undefined && selects(previous);
  const after = type !== 'DELETED' && selects(record);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', record };
  if (!before) return undefined;
  if (type === 'DELETED') return { type, record };
  return { type: 'DELETED', record: makeRecord(previous.key, revision, previous.object) };
};

const encoded = new WeakMap<StoredRecord, Map<string, Buffer>>();

/** The line of the stream that tells an event, encoded once for all watchers with the same view. */
export const encodeEvent = ({ type, record }: WatchEvent, view: View): Buffer => {
  const key = `${type} ${view.key}`;
  const lines = encoded.get(record) ?? new Map<string, Buffer>();
  encoded.set(record, lines);
  const line = lines.get(key) ?? Buffer.from(`{"type":"${type}","object":${view.render(record)}}\n`);
  lines.set(key, line);
  return line;
};
