/** Which pods a ReplicaSet should gain or lose. Pure. */
import type { Pod, ReplicaSet } from './core-kinds.ts';
import { matchesSelector } from './label-selector.ts';
import { availableIn, controllerOf, isActive, isReady, isTerminating } from './pod-state.ts';

export interface ReplicaPlan {
  create: number;
  remove: Pod[];
  /** Orphans that match the selector: to be given this ReplicaSet as their controller. */
  adopt: Pod[];
  /** Own pods that match no more: to be let go. */
  release: Pod[];
  status: NonNullable<ReplicaSet['status']>;
  /** Milliseconds until the next ready pod counts as available (`minReadySeconds`). */
  recheckIn?: number;
}

/** Kubernetes' order of victims: not placed, not started, not ready, sharing a node with siblings, youngest. */
const victimOrder = (pods: readonly Pod[]) => {
  const perNode = Map.groupBy(pods, pod => pod.spec.nodeName ?? '');
  const rank = (pod: Pod): number[] => [
    pod.spec.nodeName ? 1 : 0,
    pod.status?.phase === 'Running' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    -(perNode.get(pod.spec.nodeName ?? '')?.length ?? 0),
    -Date.parse(pod.metadata.creationTimestamp ?? '1970-01-01'),
  ];
  return (a: Pod, b: Pod): number => {
    const [ranksA, ranksB] = [rank(a), rank(b)];
    const difference = ranksA.map((value, index) => value - (ranksB[index] ?? 0)).find(value => value !== 0);
    return difference ?? (a.metadata.name < b.metadata.name ? 1 : -1);
  };
};

const statusOf = (set: ReplicaSet, pods: readonly Pod[], available: number): ReplicaPlan['status'] => {
  const labels = set.spec.template.metadata?.labels ?? {};
  return {
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter(pod => matchesSelector({ matchLabels: labels }, pod.metadata.labels)).length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: available,
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
  };
};

/** `pods` are those of the ReplicaSet's namespace; `now` in milliseconds. */
export const planReplicas = (set: ReplicaSet, pods: readonly Pod[], now: number): ReplicaPlan => {
  const matching = (pod: Pod) => matchesSelector(set.spec.selector, pod.metadata.labels);
  const own = pods.filter(pod => controllerOf(pod)?.uid === set.metadata.uid);
  const adopt = pods.filter(pod => controllerOf(pod) === undefined && isActive(pod) && matching(pod));
  const kept = [...own.filter(pod => isActive(pod) && matching(pod)), ...adopt];
  const waits = kept.map(pod => availableIn(pod, set.spec.minReadySeconds ?? 0, now));
  const pending = waits.filter(wait => wait !== undefined && wait > 0).map(Number);
  const surplus = kept.length - (set.spec.replicas ?? 1);
  const leaving = isTerminating(set);
  return {
    create: leaving ? 0 : Math.max(0, -surplus),
    remove: leaving || surplus <= 0 ? [] : [...kept].sort(victimOrder(kept)).slice(0, surplus),
    adopt: leaving ? [] : adopt,
    release: own.filter(pod => !matching(pod) && !isTerminating(pod)),
    status: statusOf(set, kept, waits.filter(wait => wait === 0).length),
    ...(pending.length > 0 ? { recheckIn: Math.min(...pending) } : {}),
  };
};
