/**
 * What an informer knows: the objects of one kind by key, with indexes, and how far it has followed the server.
 *
 * INVARIANTS:
 * - An object is only ever replaced by a later version of itself (or by its successor of the same name).
 * - An object we know to be deleted does not come back, whatever old news still arrives.
 * - Every change is returned exactly once, in an order in which it could have happened.
 */
import { MultiMap } from '../base/multi-map.ts';
import { type KubeObject, objectKey } from '../resources/meta.ts';
import { isLater } from './resource-version.ts';

export type Change<T extends KubeObject> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'modified'; readonly object: T; readonly old: T }
  /** `object` is the last state known. */
  | { readonly type: 'deleted'; readonly object: T };

interface Index<T> {
  readonly valuesOf: (object: T) => readonly string[];
  /** Of objects, by value. */
  readonly keys: MultiMap<string, string>;
}

export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  /** Uids of objects we deleted ourselves, until the server's own news of it has come. */
  readonly #deletedByUs = new Set<string>();
  #position: string | undefined;

  /** The resource version up to which the server's news are in. */
  get position(): string | undefined {
    return this.#position;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** `key` as made by `objectKey`: `namespace/name`, or `name`. */
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  /** `valuesOf` has to be pure: it is asked again to take an object out. */
  addIndex(name: string, valuesOf: (object: T) => readonly string[]): void {
    const index: Index<T> = { valuesOf, keys: new MultiMap() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) insert(index, key, object);
  }

  /** @throws RangeError for an index that was never added */
  byIndex(name: string, value: string): T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new RangeError(`no index is called ${name}`);
    return Array.from(index.keys.get(value)).flatMap(key => this.#objects.get(key) ?? []);
  }

  /** News of the watch: the object was added or modified. */
  accept(object: T): Change<T>[] {
    const changes = this.#isDead(object) ? [] : this.#put(object, false);
    this.advance(object.metadata.resourceVersion);
    return changes;
  }

  /** News of the watch: the object is gone. */
  acceptDeletion(object: T): Change<T>[] {
    const { uid, resourceVersion } = object.metadata;
    if (uid) this.#deletedByUs.delete(uid);
    this.advance(resourceVersion);
    const held = this.#objects.get(objectKey(object.metadata));
    if (!held) return [];
    const isAnother = held.metadata.uid !== uid && !isLater(resourceVersion, held.metadata.resourceVersion);
    return isAnother ? [] : this.#remove(held, object);
  }

  /** The answer to a write of ours. Ignored where the watch has brought later news already. */
  observe(object: T): Change<T>[] {
    const { metadata } = object;
    const overtaken = !this.#objects.has(objectKey(metadata)) && !isLater(metadata.resourceVersion, this.#position);
    return overtaken || this.#isDead(object) ? [] : this.#put(object, false);
  }

  /** We deleted the object, and the server said that it is gone. */
  observeDeletion({ metadata }: T): Change<T>[] {
    const held = this.#objects.get(objectKey(metadata));
    if (!held || held.metadata.uid !== metadata.uid) return [];
    if (metadata.uid) this.#deletedByUs.add(metadata.uid);
    return this.#remove(held);
  }

  /** To be called before listing: what we delete from then on, the list may still hold. */
  startReplacing(): (items: readonly T[], resourceVersion: string) => Change<T>[] {
    const settled = [...this.#deletedByUs];
    return (items, resourceVersion) => {
      const changes = this.#replace(items, resourceVersion);
      for (const uid of settled) this.#deletedByUs.delete(uid);
      return changes;
    };
  }

  /** A bookmark: nothing else happened up to here. */
  advance(resourceVersion: string | undefined): void {
    if (resourceVersion && isLater(resourceVersion, this.#position)) this.#position = resourceVersion;
  }

  /** Only the differences; what was observed after the list was made stays. */
  #replace(items: readonly T[], resourceVersion: string): Change<T>[] {
    // A database restored from a backup counts from an earlier version on: then everything we hold is void.
    const rewound = this.#position !== undefined && isLater(this.#position, resourceVersion);
    const listed = new Set(items.map(item => objectKey(item.metadata)));
    const vanished = [...this.#objects].filter(
      ([key, held]) => !listed.has(key) && (rewound || !isLater(held.metadata.resourceVersion, resourceVersion)),
    );
    const deleted = vanished.flatMap(([, held]) => this.#remove(held));
    const put = items.filter(item => !this.#isDead(item)).flatMap(item => this.#put(item, rewound));
    this.#position = resourceVersion;
    return [...deleted, ...put];
  }

  #isDead({ metadata }: T): boolean {
    return metadata.uid !== undefined && this.#deletedByUs.has(metadata.uid);
  }

  #put(object: T, evenIfOlder: boolean): Change<T>[] {
    const key = objectKey(object.metadata);
    const old = this.#objects.get(key);
    if (old && !this.#replaces(object, old, evenIfOlder)) return [];
    if (old && old.metadata.uid !== object.metadata.uid)
      return [...this.#remove(old), ...this.#put(object, evenIfOlder)];
    for (const index of this.#indexes.values()) {
      if (old) withdraw(index, key, old);
      insert(index, key, object);
    }
    this.#objects.set(key, object);
    return [old ? { type: 'modified', object, old } : { type: 'added', object }];
  }

  #replaces(object: T, old: T, evenIfOlder: boolean): boolean {
    const { resourceVersion } = object.metadata;
    if (evenIfOlder) return resourceVersion !== old.metadata.resourceVersion;
    return isLater(resourceVersion, old.metadata.resourceVersion);
  }

  #remove(held: T, lastState: T = held): Change<T>[] {
    const key = objectKey(held.metadata);
    for (const index of this.#indexes.values()) withdraw(index, key, held);
    this.#objects.delete(key);
    return [{ type: 'deleted', object: lastState }];
  }
}

function insert<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) index.keys.add(value, key);
}

function withdraw<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.valuesOf(object)) index.keys.delete(value, key);
}
