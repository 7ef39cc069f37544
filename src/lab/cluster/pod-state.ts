/** What the controllers ask about a Pod, in the terms of Kubernetes' `podutil`. */
import type { KubeObject, OwnerReference } from '../../resources/meta.ts';
import type { Pod } from './core-kinds.ts';

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(reference => reference.controller === true);

export const isTerminating = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;

/** Its containers have ended for good: it holds no address and no place any more. */
export const hasEnded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

export const isActive = (pod: Pod): boolean => !isTerminating(pod) && !hasEnded(pod);

const readyCondition = (pod: Pod) => pod.status?.conditions?.find(condition => condition.type === 'Ready');

export const isReady = (pod: Pod): boolean => readyCondition(pod)?.status === 'True';

/** Milliseconds until a ready pod counts as available; 0 when it does, undefined when it is not ready. */
export const availableIn = (pod: Pod, minReadySeconds: number, now: number): number | undefined => {
  if (!isReady(pod)) return undefined;
  const since = Date.parse(readyCondition(pod)?.lastTransitionTime ?? '');
  return minReadySeconds === 0 || Number.isNaN(since) ? 0 : Math.max(0, since + minReadySeconds * 1000 - now);
};
