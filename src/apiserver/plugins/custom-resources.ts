import { crdStorage, groupOfCrd, namesOf, toResource } from '../crd/definition.ts';
import { completeDefinition, isEstablished, withConditions } from '../crd/status.ts';
import { validateDefinition } from '../crd/validate.ts';
import type { KubeObject } from '../object.ts';
import { amend, dropFinalizer } from '../operations/amend.ts';
import { deleteObject } from '../operations/delete.ts';
import { timestamp } from '../operations/prepare.ts';
import { objectAt } from '../schema/json.ts';
import { type Change, type ObjectKey, resourceKey, type StoredRecord } from '../store/record.ts';
import type { Transaction } from '../store/store.ts';
import type { WatchHub } from '../watch/hub.ts';
import { Background } from './background.ts';
import type { ApiContext, Plugin } from './plugin.ts';

/** Keeps a definition until its objects are gone. */
const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** CustomResourceDefinitions: what one defines is served from the moment it is stored until its last object is gone. */
export const customResources = (hub: WatchHub): Plugin => ({
  name: 'CustomResources',
  resources: [crdStorage],
  admit({ object, old, subresource, api }) {
    if (subresource) return;
    if (!old) object.metadata.finalizers = [...new Set([...(object.metadata.finalizers ?? []), cleanupFinalizer])];
    completeDefinition(object, api.registry, timestamp(api.now()));
  },
  validate: ({ object, old, subresource }) => (subresource ? [] : validateDefinition(object, old)),
  gracePeriod({ object, api }) {
    const status = objectAt(object, 'status');
    const terminating = {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    };
    object.status = { ...status, conditions: withConditions(status, [terminating], timestamp(api.now())) };
    return 0;
  },
  start: api => new Definitions(api, hub).start(),
});

class Definitions {
  readonly #api: ApiContext;
  readonly #hub: WatchHub;
  readonly #cleanup: Background<ObjectKey>;
  /** Definitions under deletion, by the storage key of what they define. */
  readonly #terminating = new Map<string, ObjectKey>();

  constructor(api: ApiContext, hub: WatchHub) {
    this.#api = api;
    this.#hub = hub;
    this.#cleanup = new Background(
      key => api.store.transact(transaction => this.#removeObjects(transaction, key)),
      error => api.onBug(error),
    );
  }

  start(): () => void {
    for (const record of this.#api.store.list(crdStorage)) this.#serve(record);
    const stop = this.#api.store.onChanges(changes => this.#notice(changes));
    return () => {
      stop();
      this.#cleanup.stop();
    };
  }

  #notice(changes: readonly Change[]): void {
    for (const { type, record } of changes) {
      const definition = this.#terminating.get(record.key.resource);
      if (definition && type === 'DELETED') this.#cleanup.add(definition);
      if (record.key.resource !== crdStorage) continue;
      if (type === 'DELETED') this.#withdraw(record.object);
      else this.#serve(record);
    }
  }

  #serve({ key, object }: StoredRecord): void {
    if (object.metadata.deletionTimestamp) {
      this.#terminating.set(definedBy(object), key);
      this.#cleanup.add(key);
    }
    if (isEstablished(object)) this.#api.registry.register(toResource(object));
  }

  #withdraw(definition: KubeObject): void {
    const defined = definedBy(definition);
    this.#terminating.delete(defined);
    if (!isEstablished(definition)) return;
    this.#api.registry.remove(groupOfCrd(definition), namesOf(definition).plural);
    this.#hub.endAll(defined);
  }

  #removeObjects(transaction: Transaction, key: ObjectKey): void {
    const definition = transaction.get(key);
    if (!definition?.object.metadata.deletionTimestamp) return;
    const resource = this.#api.registry.get(groupOfCrd(definition.object), namesOf(definition.object).plural);
    const objects = resource && isEstablished(definition.object) ? transaction.list(definedBy(definition.object)) : [];
    const left = objects.filter(
      record =>
        resource &&
        !deleteObject(this.#api, transaction, resource, record.key, { propagationPolicy: 'Background', dryRun: false })
          .gone,
    );
    if (left.length === 0) amend(this.#api, transaction, definition, object => dropFinalizer(object, cleanupFinalizer));
  }
}

const definedBy = (definition: KubeObject): string => resourceKey(groupOfCrd(definition), namesOf(definition).plural);
