import type { KubeObject } from '../object.ts';
import type { Registry } from '../registry/registry.ts';
import type { Resource } from '../registry/resource.ts';
import type { FieldError } from '../status-error.ts';
import type { Store, Transaction } from '../store/store.ts';

/** What the core and its plug-ins work with. Time and randomness come from here. */
export interface ApiContext {
  readonly store: Store;
  readonly registry: Registry;
  readonly plugins: readonly Plugin[];
  /** Milliseconds since the epoch. */
  now(): number;
  newUid(): string;
  /** Five characters that make a generated name unique. */
  nameSuffix(): string;
  /** Told of errors that are our own fault. */
  onBug(error: unknown): void;
}

/** One write on its way to the store, inside its transaction. `object` is in the resource's storage version. */
export interface Admission {
  readonly verb: 'create' | 'update';
  readonly resource: Resource;
  readonly subresource: string | undefined;
  /** A plug-in that completes the object changes it in place. */
  readonly object: KubeObject;
  readonly old: KubeObject | undefined;
  readonly transaction: Transaction;
  readonly api: ApiContext;
}

/** `metav1.DeleteOptions`, as far as served. */
export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun: boolean;
}

/** One deletion, before anything is removed. `object` is a copy that the plug-in may change, for a hold to be stored. */
export interface Deletion {
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly options: DeleteOptions;
  readonly api: ApiContext;
}

/**
 * Behaviour particular to some kinds. The core calls every plug-in whose `resources` holds the storage key (`/pods`), or
 * that names none.
 */
export interface Plugin {
  readonly name: string;
  readonly resources?: readonly string[];
  /** Completes the object, or throws a StatusError to refuse the write. */
  admit?(admission: Admission): void;
  /** Rules the schema cannot say; all are reported together with the schema's. */
  validate?(admission: Admission): FieldError[];
  /** Refuses by throwing; a number is how many seconds the object may take to end (0: it may go at once). */
  gracePeriod?(deletion: Deletion): number;
  /** Whether an object that is being deleted must stay for another reason than finalizers and grace. */
  holds?(object: KubeObject): boolean;
  /** Serves `resource/name/SUBRESOURCE`. */
  readonly subresources?: readonly SubresourceHandler[];
  /** Begins work in the background; returns how to stop it. */
  start?(api: ApiContext): () => void;
}

/** A subresource that is not status or scale. */
export interface SubresourceHandler {
  /** Storage key, as `/serviceaccounts`. */
  readonly resource: string;
  readonly subresource: string;
  readonly methods: readonly ('POST' | 'PUT')[];
  /** Answers with the object to return. */
  handle(call: SubresourceCall): KubeObject | Promise<KubeObject>;
}

export interface SubresourceCall {
  readonly api: ApiContext;
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly body: KubeObject;
  readonly dryRun: boolean;
}

/** The plug-ins concerned with a resource's objects, in order. */
export const concerned = (plugins: readonly Plugin[], storageKey: string): Plugin[] =>
  plugins.filter(({ resources }) => !resources || resources.includes(storageKey));
