import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../object.ts';
import { type ApiContext, concerned } from '../plugins/plugin.ts';
import { convertTo, kindSubjectOf, storageKey, storedApiVersion, subjectOf } from '../registry/resource.ts';
import type { JsonObject } from '../schema/types.ts';
import { badRequest, conflict, fieldForbidden, fieldInvalid, invalid, modified, notFound } from '../status-error.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Transaction } from '../store/store.ts';
import { namespaceOf } from './create.ts';
import { apiVersionOf, checkType, complete, nextGeneration, shape } from './prepare.ts';
import type { WriteRequest } from './write-request.ts';

export interface Target {
  readonly api: ApiContext;
  readonly transaction: Transaction;
  readonly request: WriteRequest;
  readonly name: string;
}

/** The live object, or a 404. */
export const liveRecord = ({ transaction, request, name }: Target): StoredRecord => {
  const { resource } = request.served;
  const record = transaction.get({ resource: storageKey(resource), namespace: request.namespace, name });
  if (!record) throw notFound(subjectOf(resource), name);
  return record;
};

/** The live object in the version of the request. */
export const liveAsServed = ({ request: { served } }: Target, record: StoredRecord): KubeObject =>
  convertTo(served.resource, record.object, apiVersionOf(served));

/** Replaces an object by what a client sent (PUT). */
export const replace = (target: Target, body: JsonObject): StoredRecord => {
  const { resource } = target.request.served;
  const live = liveRecord(target);
  const sent = checkType(body, target.request.served);
  if (!sent.metadata.resourceVersion && !resource.unconditionalUpdate) {
    const missing = fieldInvalid('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalid(kindSubjectOf(resource), target.name, [missing]);
  }
  return update(target, live, sent);
};

/**
 * Makes `sent`, in the version of the request, the next state of `live`: the path of every write to an object that
 * exists. Nothing is written when nothing differs; an object whose last finalizer goes is removed.
 */
export const update = (target: Target, live: StoredRecord, sent: KubeObject, track = true): StoredRecord => {
  const { api, transaction, request } = target;
  const { resource, version } = request.served;
  checkIdentity(target, live, sent);
  const shaped = shape(sent, request);
  const merged = keepWhatIsNotWritten(target, liveAsServed(target, live), shaped);
  const object = convertTo(resource, merged, storedApiVersion(resource));
  checkFinalizers(target, live.object, object);
  const admission = {
    verb: 'update',
    resource,
    subresource: request.subresource,
    object,
    old: live.object,
    transaction,
  } as const;
  const next = complete(api, request, admission, track);
  const generation = nextGeneration(resource, live.object, next, version.status);
  if (generation !== undefined) next.metadata.generation = generation;
  if (isDeepStrictEqual(next, live.object)) return live;
  const gone = mayGo(api, storageKey(resource), next) ? transaction.remove(live.key, next) : undefined;
  return gone ?? transaction.put(live.key, next);
};

/** Whether an object under deletion has nothing left to wait for. */
export const mayGo = (api: ApiContext, storage: string, object: KubeObject): boolean => {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = object.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0 || deletionGracePeriodSeconds > 0) return false;
  return !concerned(api.plugins, storage).some(plugin => plugin.holds?.(object));
};

const checkIdentity = ({ request, name }: Target, live: StoredRecord, { metadata }: KubeObject): void => {
  const { resource } = request.served;
  const { metadata: stored } = live.object;
  if (metadata.name && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  if (resource.namespaced) namespaceOf(request, metadata.namespace);
  if (metadata.uid && metadata.uid !== stored.uid) {
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${stored.uid}`;
    throw conflict(subjectOf(resource), name, why);
  }
  if (metadata.resourceVersion && metadata.resourceVersion !== stored.resourceVersion) {
    throw modified(subjectOf(resource), name);
  }
};

/** Fields of metadata that no client may change once the object exists. */
const settled = [
  ...['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds'],
];

const keepWhatIsNotWritten = ({ request }: Target, live: KubeObject, sent: KubeObject): KubeObject => {
  const { version } = request.served;
  if (request.subresource === 'status') {
    // A copy: plug-ins complete objects in place, and the stored one is everybody's.
    return { ...structuredClone(live), ...statusOf(sent), metadata: statusMetadata(live, sent) };
  }
  const metadata = { ...sent.metadata };
  for (const field of [...settled, 'selfLink']) delete metadata[field];
  const kept = Object.entries(live.metadata).filter(([field]) => settled.includes(field));
  const next: KubeObject = { ...sent, metadata: { ...metadata, ...Object.fromEntries(kept) } };
  if (!version.status) return next;
  const { status: _, ...withoutStatus } = next;
  return { ...withoutStatus, ...statusOf(live), apiVersion: next.apiVersion, kind: next.kind, metadata: next.metadata };
};

const statusOf = ({ status }: KubeObject): JsonObject => (status === undefined ? {} : { status });

/** A write to status changes no metadata but who manages which field. */
const statusMetadata = (live: KubeObject, sent: KubeObject): KubeObject['metadata'] => {
  const { managedFields } = sent.metadata;
  return { ...live.metadata, ...(managedFields && { managedFields }) };
};

const checkFinalizers = ({ request, name }: Target, live: KubeObject, next: KubeObject): void => {
  if (!live.metadata.deletionTimestamp) return;
  const known = new Set(live.metadata.finalizers);
  const added = (next.metadata.finalizers ?? []).filter(finalizer => !known.has(finalizer));
  if (added.length === 0) return;
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added
    .map(finalizer => JSON.stringify(finalizer))
    .join(', ')}}`;
  throw invalid(kindSubjectOf(request.served.resource), name, [fieldForbidden('metadata.finalizers', why)]);
};
