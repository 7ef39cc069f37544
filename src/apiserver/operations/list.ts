import type { JsonObject } from '../schema/types.ts';
import { badRequest, expired, StatusError, tooOld } from '../status-error.ts';
import { compareKeys, type ObjectKey, type StoredRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { ListOptions } from './list-options.ts';

/** One page of a list: its objects, and the metadata to send with them. */
export interface Page {
  readonly records: StoredRecord[];
  readonly listMeta: JsonObject;
}

/** Where the next page starts: after this key, in the state at this revision. */
interface Continuation {
  readonly revision: number;
  readonly after: Pick<ObjectKey, 'namespace' | 'name'>;
}

/** Lists objects, all from one consistent state; later pages show the state of the first. */
export const list = (store: Store, resource: string, namespace: string | undefined, options: ListOptions): Page => {
  const from = options.continueToken === undefined ? undefined : decodeContinuation(options.continueToken);
  const revision = from?.revision ?? revisionToShow(store, options);
  const all = store.listAt(resource, revision, namespace);
  if (!all) throw from ? expiredContinuation() : tooOld(revision, store.oldest(resource));
  const start = from ? firstAfter(all, from.after) : 0;
  const selected = (start > 0 ? all.slice(start) : all).filter(options.selects);
  return page(selected, revision, options);
};

const revisionToShow = (store: Store, { revision, revisionMatch }: ListOptions): number => {
  checkNotInFuture(store, revision);
  return revisionMatch === 'Exact' ? (revision ?? store.revision) : store.revision;
};

/** A revision that this server has not given yet: the client has met another server, or waits for a write it heard of. */
export const checkNotInFuture = (store: Store, revision: number | undefined): void => {
  if (revision === undefined || revision <= store.revision) return;
  throw new StatusError(504, 'Timeout', `Too large resource version: ${revision}, current: ${store.revision}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
    retryAfterSeconds: 1,
  });
};

const page = (selected: StoredRecord[], revision: number, { limit, selective }: ListOptions): Page => {
  const resourceVersion = String(revision);
  const records = limit > 0 ? selected.slice(0, limit) : selected;
  const last = records.at(-1);
  if (!last || records.length === selected.length) return { records, listMeta: { resourceVersion } };
  const { namespace, name } = last.key;
  const listMeta: JsonObject = {
    resourceVersion,
    continue: encodeContinuation({ revision, after: { namespace, name } }),
    ...(!selective && { remainingItemCount: selected.length - records.length }),
  };
  return { records, listMeta };
};

const firstAfter = (records: readonly StoredRecord[], after: Continuation['after']): number => {
  const key = { resource: '', ...after };
  const found = records.findIndex(record => compareKeys(record.key, key) > 0);
  return found < 0 ? records.length : found;
};

const encodeContinuation = (continuation: Continuation): string =>
  Buffer.from(JSON.stringify(continuation)).toString('base64url');

const decodeContinuation = (token: string): Continuation => {
  try {
    const { revision, after } = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Number.isInteger(revision) && typeof after.namespace === 'string' && typeof after.name === 'string') {
      return { revision, after };
    }
  } catch {
    // Falls through: whatever is wrong with it, the token is not one of ours.
  }
  throw badRequest('continue key is not valid');
};

const expiredContinuation = (): StatusError =>
  expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
  );
