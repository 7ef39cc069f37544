import type { ObjectKey, StoredRecord } from '../store/record.ts';

/** Which objects name which as their owner, by the owner's uid, and where every uid lives. */
export class OwnerIndex {
  readonly #dependents = new Map<string, Map<string, ObjectKey>>();
  readonly #uids = new Map<string, ObjectKey>();

  /** An index listener of the store. */
  follow(previous: StoredRecord | undefined, next: StoredRecord | undefined): void {
    if (previous) this.#forget(previous);
    if (next) this.#learn(next);
  }

  dependents(uid: string): ObjectKey[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  /** Where the object of this uid is; `undefined` when there is none. */
  find(uid: string): ObjectKey | undefined {
    return this.#uids.get(uid);
  }

  #learn({ key, object }: StoredRecord): void {
    if (object.metadata.uid) this.#uids.set(object.metadata.uid, key);
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const known = this.#dependents.get(uid) ?? new Map<string, ObjectKey>();
      this.#dependents.set(uid, known.set(idOf(key), key));
    }
  }

  #forget({ key, object }: StoredRecord): void {
    if (object.metadata.uid) this.#uids.delete(object.metadata.uid);
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const known = this.#dependents.get(uid);
      known?.delete(idOf(key));
      if (known?.size === 0) this.#dependents.delete(uid);
    }
  }
}

const idOf = ({ resource, namespace, name }: ObjectKey): string => `${resource}/${namespace}/${name}`;
