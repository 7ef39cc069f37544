import { compareKeys, type ObjectKey, type StoredRecord } from './record.ts';

/** What transactions have written that is not committed yet: over each key its next state, `undefined` where it goes. */
export class Staged {
  readonly #resources = new Map<string, Map<string, StoredRecord | undefined>>();

  has(key: ObjectKey): boolean {
    return this.#resources.get(key.resource)?.has(idOf(key)) ?? false;
  }

  get(key: ObjectKey): StoredRecord | undefined {
    return this.#resources.get(key.resource)?.get(idOf(key));
  }

  set(key: ObjectKey, next: StoredRecord | undefined): void {
    const records = this.#resources.get(key.resource) ?? new Map<string, StoredRecord | undefined>();
    this.#resources.set(key.resource, records.set(idOf(key), next));
  }

  clear(): void {
    this.#resources.clear();
  }

  /** The committed records of a resource, with what is staged over them; in key order. */
  merge(resource: string, namespace: string | undefined, committed: StoredRecord[]): StoredRecord[] {
    const staged = this.#resources.get(resource);
    if (!staged?.size) return committed;
    const kept = committed.filter(({ key }) => !staged.has(idOf(key)));
    const next = [...staged.values()]
      .filter(record => record !== undefined)
      .filter(({ key }) => namespace === undefined || key.namespace === namespace);
    return [...kept, ...next].sort((a, b) => compareKeys(a.key, b.key));
  }
}

const idOf = ({ namespace, name }: ObjectKey): string => `${namespace}/${name}`;
