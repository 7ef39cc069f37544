import { type KubeObject, splitApiVersion } from '../object.ts';

/** Where an object lives. `resource` is `<group>/<plural>`; `namespace` is `''` for cluster-scoped kinds. */
export interface ObjectKey {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * One stored state of one object. Immutable: whoever wants to change the object clones it, so that readers, watchers
 * and the history can share it.
 */
export class StoredRecord {
  readonly key: ObjectKey;
  readonly revision: number;
  readonly object: KubeObject;
  readonly #json: string;
  #encoded: Map<string, string> | undefined;

  constructor(key: ObjectKey, revision: number, object: KubeObject, json: string) {
    this.key = key;
    this.revision = revision;
    this.object = object;
    this.#json = json;
  }

  /** The object as JSON in one of its served versions; made once per version, whoever asks. */
  json(apiVersion: string, convert: (object: KubeObject) => KubeObject): string {
    if (apiVersion === this.object.apiVersion) return this.#json;
    this.#encoded ??= new Map();
    const made = this.#encoded.get(apiVersion) ?? JSON.stringify(convert(this.object));
    this.#encoded.set(apiVersion, made);
    return made;
  }

  /** The JSON as stored, in the storage version. */
  get stored(): string {
    return this.#json;
  }
}

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One committed change. `record` of a deletion is the last state, carrying the deletion's revision. */
export interface Change {
  readonly type: ChangeType;
  readonly revision: number;
  readonly record: StoredRecord;
  readonly previous: StoredRecord | undefined;
}

/** The record's JSON begins with apiVersion, kind and metadata, in this order; lists of built-in kinds rest on it. */
export const makeRecord = (key: ObjectKey, revision: number, object: KubeObject): StoredRecord => {
  const { apiVersion, kind, metadata, ...rest } = object;
  const ordered = { apiVersion, kind, metadata: { ...metadata, resourceVersion: String(revision) }, ...rest };
  return new StoredRecord(key, revision, ordered, JSON.stringify(ordered));
};

/** Order of lists: by namespace, then by name, as etcd's keys sort. */
export const compareKeys = (a: ObjectKey, b: ObjectKey): number =>
  compare(a.namespace, b.namespace) || compare(a.name, b.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const resourceKey = (group: string, plural: string): string => `${group}/${plural}`;

/** The group a resource key was made of. */
export const groupOf = (resource: string): string => splitApiVersion(resource).group;
