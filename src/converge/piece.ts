/**
 * The words of the engine: an owner wants pieces, a target holds pieces, a diff is a list of operations.
 * Observe → compile → diff → commit (docs/architecture.md).
 */

/** The API object a piece of desired state comes from: `Kind/namespace/name`, or `Kind/name` without a namespace. */
export type Owner = string & { readonly owner: unique symbol };

/** `ownerOf('Service', 'shalb-demo/web')` → `Service/shalb-demo/web`. */
export const ownerOf = (kind: string, key: string): Owner => `${kind}/${key}` as Owner;

/** The kind and the `namespace/name` (or `name`) that an owner names. */
export const splitOwner = (owner: Owner): { kind: string; key: string } => {
  const slash = owner.indexOf('/');
  return { kind: owner.slice(0, slash), key: owner.slice(slash + 1) };
};

/** One piece of desired state; `key` is its stable identity within its owner. */
export interface Piece<T> {
  readonly key: string;
  readonly value: T;
}

/** What a user got wrong. Goes to status as a condition, and is not retried until an input changes. */
export interface Rejection {
  /** CamelCase, stable: `AddressPoolExhausted`. */
  readonly reason: string;
  /** A sentence that names the object, the field and the remedy. */
  readonly message: string;
}

/** What makes up one difference between desired and observed. `C` says what differs. */
export type Operation<D, O, C> =
  | { readonly kind: 'create'; readonly key: string; readonly desired: D }
  | { readonly kind: 'update'; readonly key: string; readonly desired: D; readonly observed: O; readonly changes: C }
  | { readonly kind: 'delete'; readonly key: string; readonly observed: O };

/** How a reconcile ended. */
export type Outcome =
  | { readonly kind: 'done' }
  /** Something else has to happen first; any of these signals wakes the owner (dependencies.ts), and `afterMs`, if given, does too. */
  | { readonly kind: 'waiting'; readonly on: readonly string[]; readonly message: string; readonly afterMs?: number }
  | { readonly kind: 'requeue'; readonly afterMs: number }
  /** Transient: tried again with backoff. */
  | { readonly kind: 'retry'; readonly message: string }
  /** `on`: signals of what may make it right besides the owner's inputs. */
  | {
      readonly kind: 'rejected';
      readonly rejection: Rejection;
      readonly on: readonly string[];
      readonly afterMs?: number;
    };

export const done: Outcome = { kind: 'done' };
export const retry = (message: string): Outcome => ({ kind: 'retry', message });
export const waiting = (on: readonly string[], message: string): Outcome => ({ kind: 'waiting', on, message });
export const rejected = (reason: string, message: string, on: readonly string[] = []): Outcome => ({
  kind: 'rejected',
  rejection: { reason, message },
  on,
});

/** How it ended when two things were done: whichever needs more is seen to, and whatever either waits for wakes the owner, time included. */
export const both = (a: Outcome, b: Outcome): Outcome => {
  const [worse, other] = SEVERITY.indexOf(a.kind) >= SEVERITY.indexOf(b.kind) ? [a, b] : [b, a];
  const afterMs = earliest(a, b);
  return {
    ...worse,
    ...('on' in worse && 'on' in other && { on: [...worse.on, ...other.on] }),
    ...(afterMs !== undefined && worse.kind !== 'retry' && { afterMs }),
  };
};

const earliest = (...outcomes: readonly Outcome[]): number | undefined => {
  const times = outcomes.flatMap(outcome => ('afterMs' in outcome ? (outcome.afterMs ?? []) : []));
  return times.length > 0 ? Math.min(...times) : undefined;
};

const SEVERITY: readonly Outcome['kind'][] = ['done', 'requeue', 'waiting', 'rejected', 'retry'];

/**
 * Where desired state ends up: the Northbound database, the Kubernetes API.
 *
 * INVARIANTS: `owners` does no I/O. `commit` makes all of `desired` true, or changes nothing that its outcome does not say.
 * Committing what is already held sends nothing. Pieces of other owners are never touched.
 */
export interface Target<D> {
  commit(owner: Owner, desired: readonly Piece<D>[]): Promise<Outcome>;
  /** Every owner that holds at least one piece here: what garbage collection walks at start-up. */
  owners(): Iterable<Owner>;
  /** Called when a piece changed or vanished, whoever did it. Returns how to stop listening. */
  onDrift(listener: (owner: Owner) => void): () => void;
}
