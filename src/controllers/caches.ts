import type { NoteRead } from '../converge/engine.ts';
import { NotFound } from '../kube/errors.ts';
import { Informer, type InformerOptions } from '../kube/informer.ts';
import type { Change } from '../kube/store.ts';
import { type KubeObject, objectKey, type ResourceType } from '../resources/meta.ts';
import { same } from './targets/same.ts';

/** What a compiler's inputs are read through: every read is noted, so that a change of what was read wakes the reader. */
export interface Reads {
  get<T extends KubeObject>(type: ResourceType<T>, key: string): T | undefined;
  by<T extends KubeObject>(type: ResourceType<T>, index: string, value: string): T[];
  all<T extends KubeObject>(type: ResourceType<T>): T[];
  /** Depend on something that is not an object, such as a pool of addresses. */
  readonly note: NoteRead;
}

type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** A kind to keep a replica of. */
export interface CachedKind<T extends KubeObject = KubeObject> {
  readonly type: ResourceType<T>;
  readonly indexes?: Indexes<T>;
  /** The server may not serve the kind, now or ever: there are none then, until it does. */
  readonly mayBeAbsent?: boolean;
  /** Others read its status too; else a write of its status wakes nobody but its own controller. */
  readonly statusIsRead?: boolean;
  /** Drops what nobody reads; memory at scale is mostly this. */
  readonly transform?: (object: T) => T;
}

/** Checks that indexes and transform fit the kind, then forgets the kind's own type. */
export const cachedKind = <T extends KubeObject>(kind: CachedKind<T>): CachedKind => kind as unknown as CachedKind;

/** A change of one object, and the signals that it fires. */
export interface CacheChange {
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly old: KubeObject | undefined;
  readonly deleted: boolean;
  /** Nothing besides its status was changed. */
  readonly statusOnly: boolean;
  readonly signals: readonly string[];
}

export const objectSignal = (type: ResourceType, key: string): string => `${type.kind}/${key}`;
const indexSignal = (type: ResourceType, index: string, value: string): string => `${type.kind}#${index}=${value}`;
const allSignal = (type: ResourceType): string => `${type.kind}#`;

export const OWNER_INDEX = 'owner';

type ChangeListener = (changes: readonly CacheChange[]) => void;

interface Cache {
  readonly kind: CachedKind;
  readonly informer: Informer<KubeObject>;
  /** Resolves when the server said that it does not serve the kind. */
  readonly absent: Promise<void>;
}

/** Replicas of all kinds that the controllers read or write. */
export class Caches {
  readonly #caches = new Map<string, Cache>();
  readonly #listeners = new Set<ChangeListener>();

  constructor(kinds: readonly CachedKind[], options: Pick<InformerOptions<KubeObject>, 'client' | 'onError'>) {
    for (const kind of kinds) {
      const { type, indexes = {}, transform } = kind;
      const absent = Promise.withResolvers<void>();
      const onError = (error: unknown): void => {
        if (kind.mayBeAbsent && error instanceof NotFound) absent.resolve();
        else options.onError?.(error);
      };
      const informer = new Informer({ ...options, type, onError, ...(transform && { transform }) });
      for (const [name, valuesOf] of Object.entries(indexes)) informer.addIndex(name, valuesOf);
      informer.onChange(changes => this.#tell(kind, changes));
      this.#caches.set(type.kind, { kind, informer, absent: absent.promise });
    }
  }

  /** Resolves when every kind that is served has been listed. */
  async start(): Promise<void> {
    await Promise.all(
      [...this.#caches.values()].map(({ informer, absent }) => Promise.race([informer.start().synced, absent])),
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#caches.values()].map(cache => cache.informer.stop()));
  }

  get types(): ResourceType[] {
    return [...this.#caches.values()].map(cache => cache.kind.type);
  }

  informer<T extends KubeObject>(type: ResourceType<T>): Informer<T> {
    const cache = this.#caches.get(type.kind);
    if (!cache) throw new Error(`no cache of ${type.kind}: add it to the kinds the controllers cache`);
    return cache.informer as unknown as Informer<T>;
  }

  /** Calls back with what changes from now on. Returns how to stop. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reads(note: NoteRead): Reads {
    return {
      note,
      get: (type, key) => {
        note(objectSignal(type, key));
        return this.informer(type).get(key);
      },
      by: (type, index, value) => {
        note(indexSignal(type, index, value));
        return this.informer(type).byIndex(index, value);
      },
      all: type => {
        note(allSignal(type));
        return this.informer(type).list();
      },
    };
  }

  #tell(kind: CachedKind, changes: readonly Change<KubeObject>[]): void {
    if (this.#listeners.size === 0) return;
    const meaningful = changes.filter(isMeaningful).map(change => cacheChange(kind, change));
    for (const listener of this.#listeners) listener(meaningful);
  }
}

const cacheChange = (kind: CachedKind, change: Change<KubeObject>): CacheChange => {
  const { object } = change;
  const old = change.type === 'modified' ? change.old : undefined;
  const statusOnly = old !== undefined && isStatusOnly(old, object);
  return {
    type: kind.type,
    object,
    old,
    deleted: change.type === 'deleted',
    statusOnly,
    // Thousands of objects read one external Subnet: they must not be woken whenever it counts its addresses.
    signals: statusOnly && !kind.statusIsRead ? [] : signalsOf(kind, object, old),
  };
};

/** A write to what `transform` drops (a node's heartbeat, who owns which field) changes nothing for anybody here. */
const isMeaningful = (change: Change<KubeObject>): boolean =>
  change.type !== 'modified' || !same(withoutVersion(change.old), withoutVersion(change.object));

const withoutVersion = (object: KubeObject): KubeObject => {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
};

const isStatusOnly = (old: KubeObject, object: KubeObject): boolean =>
  same(withoutStatus(withoutVersion(old)), withoutStatus(withoutVersion(object)));

const withoutStatus = ({ status: _, ...object }: KubeObject & { status?: unknown }): KubeObject => object;

const signalsOf = (kind: CachedKind, object: KubeObject, old: KubeObject | undefined): string[] => {
  const signals = [allSignal(kind.type), objectSignal(kind.type, objectKey(object.metadata))];
  for (const [index, valuesOf] of Object.entries(kind.indexes ?? {})) {
    const values = new Set([...valuesOf(object), ...(old ? valuesOf(old) : [])]);
    for (const value of values) signals.push(indexSignal(kind.type, index, value));
  }
  return signals;
};
