import type { WantedObject } from '../../compile/desired.ts';
import { diff } from '../../converge/diff.ts';
import {
  done,
  type Operation,
  type Outcome,
  type Owner,
  type Piece,
  rejected,
  retry,
  type Target,
  waiting,
} from '../../converge/piece.ts';
import type { KubeClient } from '../../kube/client.ts';
import { ApiError, NotFound } from '../../kube/errors.ts';
import { apiVersionOf, type KubeObject, objectKey, type ResourceType } from '../../resources/meta.ts';
import { fieldManager } from '../../resources/names.ts';
import { type Caches, OWNER_INDEX, objectSignal } from '../caches.ts';
import { OWNER_ANNOTATION, ownerOfObject, stamped } from './kube-identity.ts';
import { covers } from './same.ts';

interface Held {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

type ObjectOperation = Operation<WantedObject, Held, true>;

const isNamespace = (operation: ObjectOperation): boolean =>
  operation.kind !== 'delete' && operation.desired.type.kind === 'Namespace';

/** Pieces for the Kubernetes API, keyed by kind and name. */
export const objectPieces = (objects: readonly WantedObject[]): Piece<WantedObject>[] =>
  objects.map(object => ({ key: objectSignal(object.type, objectKey(object)), value: object }));

/** The Kubernetes API as a target: objects that carry their owner in an annotation, written by server-side apply. */
export class KubeTarget implements Target<WantedObject> {
  readonly #client: KubeClient;
  readonly #caches: Caches;
  readonly #committing = new Set<Owner>();
  /** Objects that are being written: of two owners that want one name, the second waits until it sees the first's. */
  readonly #making = new Set<string>();

  constructor(client: KubeClient, caches: Caches) {
    this.#client = client;
    this.#caches = caches;
  }

  observe(owner: Owner): Piece<Held>[] {
    return this.#caches.types.flatMap(type =>
      this.#caches
        .informer(type)
        .byIndex(OWNER_INDEX, owner)
        .map(object => ({ key: objectSignal(type, objectKey(object.metadata)), value: { type, object } })),
    );
  }

  async commit(owner: Owner, desired: readonly Piece<WantedObject>[]): Promise<Outcome> {
    const taken = this.#taken(owner, desired);
    if (taken) return taken;
    const operations = diff(desired, this.observe(owner), (wanted, held) => changes(owner, wanted, held));
    if (operations.length === 0) return done;
    this.#committing.add(owner);
    try {
      const outcome = await this.#performAll(owner, operations);
      if (outcome.kind !== 'done') return outcome;
      // What others changed meanwhile was told to nobody, as our own change was not.
      const again = diff(desired, this.observe(owner), (wanted, held) => changes(owner, wanted, held));
      return again.some(operation => !isGoing(operation))
        ? retry('Objects were changed by somebody else while they were written.')
        : done;
    } finally {
      this.#committing.delete(owner);
    }
  }

  *owners(): Iterable<Owner> {
    for (const type of this.#caches.types) {
      for (const object of this.#caches.informer(type).list()) {
        const owner = ownerOfObject(object);
        if (owner) yield owner;
      }
    }
  }

  /** An owner's own writes are told to nobody: its commit has just made them. Nor is a child's status, which its own controller writes. */
  onDrift(listener: (owner: Owner) => void): () => void {
    return this.#caches.onChange(changes => {
      for (const { object, old } of changes.filter(change => !change.statusOnly)) {
        for (const owner of new Set([ownerOfObject(object), old && ownerOfObject(old)])) {
          if (owner && !this.#committing.has(owner)) listener(owner);
        }
      }
    });
  }

  /** All at once, but for a namespace, which comes before what is in it. */
  async #performAll(owner: Owner, operations: readonly ObjectOperation[]): Promise<Outcome> {
    const perform = (operation: ObjectOperation): Promise<Outcome> =>
      operation.kind === 'delete' ? this.#delete(operation.observed) : this.#apply(owner, operation.desired);
    for (const group of [operations.filter(isNamespace), operations.filter(operation => !isNamespace(operation))]) {
      const outcomes = await Promise.all(group.map(perform));
      const failure = outcomes.find(outcome => outcome.kind !== 'done');
      if (failure) return failure;
    }
    return done;
  }

  /**
   * One name that is another's, and nothing is written: what an owner wants belongs together, and a part of it would attach itself to
   * what bears the name (a tenant's subnet to an administrator's VPC).
   */
  #taken(owner: Owner, desired: readonly Piece<WantedObject>[]): Outcome | undefined {
    for (const { value: wanted } of desired) {
      const held = this.#caches.informer(wanted.type).get(objectKey(wanted));
      const holder = held && ownerOfObject(held);
      if (held && holder !== owner && !(wanted.adopt && holder === undefined)) return nameTaken(wanted);
    }
    return undefined;
  }

  async #apply(owner: Owner, wanted: WantedObject): Promise<Outcome> {
    const { type } = wanted;
    const held = this.#caches.informer(type).get(objectKey(wanted));
    const signal = objectSignal(type, objectKey(wanted));
    if (held?.metadata.deletionTimestamp) {
      return waiting([signal], `${type.kind} ${objectKey(wanted)} is being deleted; it is made anew when it is gone.`);
    }
    if (this.#making.has(signal))
      return waiting([signal], `${type.kind} ${objectKey(wanted)} is being made for another.`);
    this.#making.add(signal);
    try {
      // What nobody made before is made without force: an object that our cache has not seen yet is not taken over.
      const written = await this.#client.apply(type, stamped(owner, wanted), {
        fieldManager,
        force: held !== undefined,
      });
      this.#caches.informer(type).observe(written);
      return done;
    } catch (error) {
      return failed(error, `${type.kind} ${objectKey(wanted)}`);
    } finally {
      this.#making.delete(signal);
    }
  }

  async #delete({ type, object }: Held): Promise<Outcome> {
    if (object.metadata.deletionTimestamp) return done;
    try {
      const { uid } = object.metadata;
      const left = await this.#client.delete(type, object.metadata, uid ? { preconditions: { uid } } : {});
      if (left) this.#caches.informer(type).observe(left);
      else this.#caches.informer(type).observeDeletion(object);
      return done;
    } catch (error) {
      return error instanceof NotFound ? done : failed(error, `${type.kind} ${objectKey(object.metadata)}`);
    }
  }
}

/** Whatever a server said no with may be over at the next try; what never is over is said in status meanwhile. */
export const failed = (error: unknown, what: string): Outcome => {
  if (error instanceof ApiError) return retry(`${what} could not be written: ${error.message}`);
  throw error;
};

const nameTaken = ({ type, ...wanted }: WantedObject): Outcome =>
  rejected(
    'NameTaken',
    `${type.kind} ${objectKey(wanted)} is needed here but exists already and belongs to somebody else. Use another name here; only an administrator can hand it over, with the annotation ${OWNER_ANNOTATION}.`,
    [objectSignal(type, objectKey(wanted))],
  );

/** An object whose finalizers hold it back was told to go; more cannot be done. */
const isGoing = (operation: Operation<WantedObject, Held, true>): boolean =>
  operation.kind === 'delete' && operation.observed.object.metadata.deletionTimestamp !== undefined;

/** True when something differs; what is applied is always the whole. */
const changes = (owner: Owner, wanted: WantedObject, { type, object }: Held): true | undefined => {
  const { metadata, ...content } = stamped(owner, wanted);
  const { ownerReferences = [], ...meta } = metadata;
  const heldReferences = object.metadata.ownerReferences ?? [];
  const covered =
    object.apiVersion === apiVersionOf(type) &&
    covers(object.metadata, meta) &&
    ownerReferences.every(reference => heldReferences.some(held => covers(held, reference))) &&
    covers(object, content);
  return covered && !object.metadata.deletionTimestamp ? undefined : true;
};
