import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../object.ts';
import type { ApiContext } from '../plugins/plugin.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Transaction } from '../store/store.ts';
import { mayGo } from './update.ts';

/**
 * A change the server itself makes to a stored object: no admission, no validation, no managed fields. Writes nothing
 * when nothing differs, and removes an object under deletion that has nothing left to wait for.
 */
export const amend = (
  api: ApiContext,
  transaction: Transaction,
  record: StoredRecord,
  change: (object: KubeObject) => void,
): void => {
  const object = structuredClone(record.object);
  change(object);
  if (mayGo(api, record.key.resource, object)) transaction.remove(record.key, object);
  else if (!isDeepStrictEqual(object, record.object)) transaction.put(record.key, object);
};

/** Removes one finalizer, and the field with the last. */
export const dropFinalizer = ({ metadata }: KubeObject, finalizer: string): void => {
  const left = (metadata.finalizers ?? []).filter(candidate => candidate !== finalizer);
  if (left.length > 0) metadata.finalizers = left;
  else delete metadata.finalizers;
};
