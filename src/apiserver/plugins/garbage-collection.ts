import { type KubeObject, type OwnerReference, splitApiVersion } from '../object.ts';
import { amend, dropFinalizer } from '../operations/amend.ts';
import { deleteObject, foregroundFinalizer, orphanFinalizer } from '../operations/delete.ts';
import { storageKey } from '../registry/resource.ts';
import type { Change, ObjectKey, StoredRecord } from '../store/record.ts';
import type { Transaction } from '../store/store.ts';
import { Background } from './background.ts';
import { OwnerIndex } from './owner-index.ts';
import type { ApiContext, DeleteOptions, Plugin } from './plugin.ts';

/**
 * Deletes what has lost its owners, and carries out foreground and orphaning deletion, woken by changes only.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 */
export const garbageCollection = (): Plugin => {
  const index = new OwnerIndex();
  return {
    name: 'GarbageCollection',
    start(api) {
      api.store.index((previous, next) => index.follow(previous, next));
      const collector = new Collector(api, index);
      const stop = api.store.onChanges(changes => collector.notice(changes));
      collector.noticeAll();
      return () => {
        stop();
        collector.stop();
      };
    },
  };
};

/** How an owner reference stands: its owner lives, is gone, or is being deleted and waits for this dependent. */
type Standing = 'solid' | 'dangling' | 'waiting';

class Collector {
  readonly #api: ApiContext;
  readonly #index: OwnerIndex;
  readonly #queue: Background<ObjectKey>;

  constructor(api: ApiContext, index: OwnerIndex) {
    this.#api = api;
    this.#index = index;
    this.#queue = new Background(
      key => api.store.transact(transaction => this.#attend(transaction, key)),
      error => api.onBug(error),
    );
  }

  /** Looks at everything once: owners may have gone in the moment a process before this one died. */
  noticeAll(): void {
    const resources = new Set(this.#api.registry.all().map(storageKey));
    for (const resource of resources) {
      for (const record of this.#api.store.list(resource)) this.#consider(record);
    }
  }

  notice(changes: readonly Change[]): void {
    for (const { type, record } of changes) {
      if (type === 'DELETED') this.#noticeRelatives(record);
      else this.#consider(record);
    }
  }

  stop(): void {
    this.#queue.stop();
  }

  #consider(record: StoredRecord): void {
    const { metadata } = record.object;
    if (metadata.ownerReferences?.length || cascades(record.object)) this.#queue.add(record.key);
  }

  /** Of a deleted object: its dependents have lost an owner, its owners may have waited for it. */
  #noticeRelatives({ object }: StoredRecord): void {
    for (const dependent of this.#index.dependents(object.metadata.uid ?? '')) this.#queue.add(dependent);
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const owner = this.#index.find(uid);
      if (owner) this.#queue.add(owner);
    }
  }

  #attend(transaction: Transaction, key: ObjectKey): void {
    const record = transaction.get(key);
    if (!record) return;
    if (cascades(record.object)) this.#cascade(transaction, record);
    else if (!record.object.metadata.deletionTimestamp) this.#judge(transaction, record);
  }

  #cascade(transaction: Transaction, record: StoredRecord): void {
    const { uid = '', finalizers = [] } = record.object.metadata;
    const dependents = this.#index.dependents(uid).flatMap(key => transaction.get(key) ?? []);
    if (finalizers.includes(orphanFinalizer)) {
      for (const dependent of dependents)
        amend(this.#api, transaction, dependent, object => dropOwners(object, new Set([uid])));
      amend(this.#api, transaction, record, object => dropFinalizer(object, orphanFinalizer));
      return;
    }
    const blocking = dependents.filter(({ object }) =>
      ownersOf(object).some(owner => owner.uid === uid && owner.blockOwnerDeletion),
    );
    if (blocking.length === 0)
      amend(this.#api, transaction, record, object => dropFinalizer(object, foregroundFinalizer));
    for (const { key } of dependents) this.#queue.add(key);
  }

  #judge(transaction: Transaction, record: StoredRecord): void {
    const owners = ownersOf(record.object);
    const standings = owners.map(owner => this.#standing(transaction, owner, record.key));
    if (standings.every(standing => standing === 'solid')) return;
    if (standings.includes('solid')) {
      const gone = new Set(owners.filter((_, at) => standings[at] !== 'solid').map(({ uid }) => uid));
      amend(this.#api, transaction, record, object => dropOwners(object, gone));
      return;
    }
    const resource = this.#api.registry.byStorage(record.key.resource);
    if (!resource) return;
    const { uid = '', resourceVersion = '' } = record.object.metadata;
    const waitedFor = standings.includes('waiting') && this.#index.dependents(uid).length > 0;
    const options: DeleteOptions = {
      propagationPolicy: waitedFor ? 'Foreground' : 'Background',
      preconditions: { uid, resourceVersion },
      dryRun: false,
    };
    deleteObject(this.#api, transaction, resource, record.key, options);
  }

  #standing(transaction: Transaction, owner: OwnerReference, dependent: ObjectKey): Standing {
    const resource = this.#api.registry.byKind(splitApiVersion(owner.apiVersion).group, owner.kind);
    // An owner of a kind nobody serves may come back with its kind: its dependents stay.
    if (!resource) return 'solid';
    const namespace = resource.namespaced ? dependent.namespace : '';
    const found = transaction.get({ resource: storageKey(resource), namespace, name: owner.name });
    if (found?.object.metadata.uid !== owner.uid) return 'dangling';
    const { deletionTimestamp, finalizers = [] } = found?.object.metadata ?? {};
    const waits = deletionTimestamp !== undefined && finalizers.includes(foregroundFinalizer);
    return waits ? 'waiting' : 'solid';
  }
}

/** Whether the object's deletion has dependents to see to first. */
const cascades = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (metadata.finalizers ?? []).some(finalizer => finalizer === orphanFinalizer || finalizer === foregroundFinalizer);

const ownersOf = ({ metadata }: KubeObject): OwnerReference[] => metadata.ownerReferences ?? [];

const dropOwners = ({ metadata }: KubeObject, uids: ReadonlySet<string>): void => {
  const left = (metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid));
  if (left.length > 0) metadata.ownerReferences = left;
  else delete metadata.ownerReferences;
};
