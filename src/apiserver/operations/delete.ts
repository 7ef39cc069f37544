import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../object.ts';
import { type ApiContext, concerned, type DeleteOptions } from '../plugins/plugin.ts';
import { type Resource, storageKey, subjectOf } from '../registry/resource.ts';
import { conflict, notFound } from '../status-error.ts';
import type { ObjectKey, StoredRecord } from '../store/record.ts';
import type { Transaction } from '../store/store.ts';
import { timestamp } from './prepare.ts';
import { mayGo } from './update.ts';

/** `gone`: removed; else it waits for its finalizers or its grace period, in the state `record`. */
export interface DeleteResult {
  readonly gone: boolean;
  readonly record: StoredRecord;
}

/** Deletes one object, or marks it as being deleted when something must happen first. */
export const deleteObject = (
  api: ApiContext,
  transaction: Transaction,
  resource: Resource,
  key: ObjectKey,
  options: DeleteOptions,
): DeleteResult => {
  const live = transaction.get(key);
  if (!live) throw notFound(subjectOf(resource), key.name);
  checkPreconditions(resource, live, options);
  const object = structuredClone(live.object);
  const grace = Math.max(
    0,
    ...concerned(api.plugins, storageKey(resource)).map(
      plugin => plugin.gracePeriod?.({ resource, object, options, api }) ?? 0,
    ),
  );
  mark(api, object, grace, options);
  if (mayGo(api, storageKey(resource), object)) {
    return { gone: true, record: transaction.remove(key) ?? live };
  }
  const unchanged = isDeepStrictEqual(object, live.object);
  return { gone: false, record: unchanged ? live : transaction.put(key, object) };
};

const checkPreconditions = (
  resource: Resource,
  { object, key }: StoredRecord,
  { preconditions }: DeleteOptions,
): void => {
  const { uid, resourceVersion } = object.metadata;
  const fail = (what: string, wanted: string, found: string | undefined): Error =>
    conflict(
      subjectOf(resource),
      key.name,
      `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${found}`,
    );
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) throw fail('UID', preconditions.uid, uid);
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw fail('ResourceVersion', preconditions.resourceVersion, resourceVersion);
  }
};

/** Sets the deletion's time, grace and the finalizers of its propagation; a grace period may only become shorter. */
const mark = (api: ApiContext, object: KubeObject, grace: number, options: DeleteOptions): void => {
  const { metadata } = object;
  const finalizers = withPropagation(metadata.finalizers ?? [], options);
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  const seconds = Math.min(grace, metadata.deletionGracePeriodSeconds ?? grace);
  if (metadata.deletionTimestamp && seconds === metadata.deletionGracePeriodSeconds) return;
  if (!metadata.deletionTimestamp && metadata.generation !== undefined) metadata.generation += 1;
  metadata.deletionTimestamp = timestamp(api.now() + seconds * 1000);
  metadata.deletionGracePeriodSeconds = seconds;
};

export const orphanFinalizer = 'orphan';
export const foregroundFinalizer = 'foregroundDeletion';

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion */
const withPropagation = (finalizers: readonly string[], { propagationPolicy }: DeleteOptions): string[] => {
  if (!propagationPolicy) return [...finalizers];
  const others = finalizers.filter(finalizer => finalizer !== orphanFinalizer && finalizer !== foregroundFinalizer);
  if (propagationPolicy === 'Orphan') return [...others, orphanFinalizer];
  return propagationPolicy === 'Foreground' ? [...others, foregroundFinalizer] : others;
};
