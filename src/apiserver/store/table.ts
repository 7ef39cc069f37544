import { compareKeys, type ObjectKey, type StoredRecord } from './record.ts';

/** The current objects of one resource, by namespace and name. */
export class Table {
  readonly #namespaces = new Map<string, Map<string, StoredRecord>>();

  get(namespace: string, name: string): StoredRecord | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  set(record: StoredRecord): void {
    const { namespace, name } = record.key;
    const objects = this.#namespaces.get(namespace) ?? new Map<string, StoredRecord>();
    this.#namespaces.set(namespace, objects.set(name, record));
  }

  remove({ namespace, name }: ObjectKey): void {
    const objects = this.#namespaces.get(namespace);
    objects?.delete(name);
    if (objects?.size === 0) this.#namespaces.delete(namespace);
  }

  /** Every object, or those of one namespace, in key order. */
  list(namespace?: string): StoredRecord[] {
    return [...this.#values(namespace)].sort((a, b) => compareKeys(a.key, b.key));
  }

  #values(namespace: string | undefined): Iterable<StoredRecord> {
    if (namespace !== undefined) return this.#namespaces.get(namespace)?.values() ?? [];
    return this.#namespaces.values().flatMap(objects => objects.values());
  }
}
