import { type Desired, NOTHING, type OwnFacets, type Readiness } from '../compile/desired.ts';
import type { RowPiece } from '../compile/ovn/row.ts';
import type { Prepare } from '../converge/engine.ts';
import { both, done, type Outcome, type Owner, splitOwner } from '../converge/piece.ts';
import { findCondition } from '../resources/conditions.ts';
import { type Condition, type KubeObject, metaTime } from '../resources/meta.ts';
import type { AddressPools } from './address-pools.ts';
import type { BadNews } from './bad-news.ts';
import type { Caches } from './caches.ts';
import type { Controller, Settings } from './controller.ts';
import { type OwnObjects, readinessAfter } from './own-object.ts';
import { type KubeTarget, objectPieces } from './targets/kube-target.ts';
import type { OvnTarget } from './targets/ovn-target.ts';

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface ReconcilerOptions {
  readonly caches: Caches;
  readonly controllers: readonly Controller[];
  readonly pools: AddressPools;
  readonly settings: Settings;
  readonly objects: KubeTarget;
  readonly rows: OvnTarget;
  readonly own: OwnObjects;
  /** Whether this process may write now: checked before every commit. */
  readonly mayWrite: () => boolean;
  readonly badNews: BadNews;
  readonly wallClock: () => Date;
  /** An owner became not ready, or not ready for another reason. */
  readonly onNotReady: (object: KubeObject, reason: string, message: string) => void;
}

/** Joins compilers and targets: one owner's objects and rows, then what it says of itself. */
export const createReconciler = (options: ReconcilerOptions): Prepare => {
  const controllers = new Map(options.controllers.map(controller => [controller.type.kind, controller]));
  return (owner, note) => {
    const { kind, key } = splitOwner(owner);
    const controller = controllers.get(kind);
    if (!controller) return async () => done;
    const reads = options.caches.reads(note);
    const object = reads.get(controller.type, key);
    if (!object) {
      options.pools.ownerGone(owner);
      options.badNews.over(owner);
      return () => commit(options, owner, NOTHING);
    }
    const desired = controller.desired(object, { reads, pools: options.pools, settings: options.settings });
    return async () => {
      const outcome = await commit(options, owner, desired);
      return desired.own ? say(options, { owner, controller, object, own: desired.own, outcome }) : outcome;
    };
  };
};

const commit = async (
  { objects, rows, mayWrite }: ReconcilerOptions,
  owner: Owner,
  desired: Desired,
): Promise<Outcome> => {
  if (!mayWrite()) return { kind: 'retry', message: 'Another instance is the leader now.' };
  const pieces: readonly RowPiece[] | undefined = desired.rows;
  // At once: neither rests on the other, and a VIP is not to wait for the objects that only tell of it.
  const [children, committed] = await Promise.all([
    desired.objects ? objects.commit(owner, objectPieces(desired.objects)) : done,
    pieces ? rows.commit(owner, pieces) : done,
  ]);
  return both(children, committed);
};

/** Not what the object's condition said before. */
const isBadNews = ({ ready, reason, message }: Readiness, object: Conditioned): boolean => {
  const said = findCondition(object.status?.conditions, 'Ready');
  return !ready && (said?.reason !== reason || said.message !== message);
};

interface Saying {
  readonly owner: Owner;
  readonly controller: Controller;
  readonly object: KubeObject;
  readonly own: OwnFacets;
  readonly outcome: Outcome;
}

/** Writes on the object what came of it; that it is not ready only when that lasts. */
const say = async (options: ReconcilerOptions, saying: Saying): Promise<Outcome> => {
  const { owner, controller, object, own, outcome } = saying;
  const ready = readinessAfter(own.ready, outcome);
  // A finalizer goes last: only when everything that the object stood for is gone.
  const finalizerStays =
    own.finalizer === undefined && outcome.kind !== 'done' && object.metadata.deletionTimestamp !== undefined;
  if (finalizerStays) return outcome;
  const isBad = ready !== undefined && isBadNews(ready, object);
  const heldBackMs = isBad && mayPass(outcome) ? options.badNews.holdBack(owner) : 0;
  if (heldBackMs === 0) options.badNews.over(owner);
  const said = await options.own.write({
    type: controller.type,
    object,
    facets: { ...own, ...(ready && { ready }) },
    style: heldBackMs > 0 ? 'none' : controller.style,
    now: metaTime(options.wallClock()),
  });
  if (isBad && heldBackMs === 0) options.onNotReady(object, ready.reason, ready.message);
  if (outcome.kind === 'waiting' && heldBackMs > 0) return { ...outcome, afterMs: heldBackMs };
  if (outcome.kind === 'done' && said.kind === 'done' && heldBackMs > 0)
    return { kind: 'requeue', afterMs: heldBackMs };
  return outcome.kind === 'done' ? said : outcome;
};

/** Others may be about to make it right. A server that refuses, or a name that is another's, is no matter of moments. */
const mayPass = ({ kind }: Outcome): boolean => kind === 'done' || kind === 'waiting';
