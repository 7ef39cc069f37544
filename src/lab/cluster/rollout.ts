/**
 * What a Deployment's ReplicaSets should be next. Pure; the arithmetic is that of Kubernetes' deployment controller:
 * https://github.com/kubernetes/kubernetes/tree/master/pkg/controller/deployment
 */
import type { Deployment, PodTemplate, ReplicaSet } from './core-kinds.ts';
import { deploymentStatus } from './deployment-status.ts';
import { canonicalJson, nameHash, suffixedName } from './name-hash.ts';

const templateHashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maxAnnotation = 'deployment.kubernetes.io/max-replicas';

export interface RolloutPlan {
  create?: ReplicaSet;
  /** ReplicaSets as they should be; only those that differ. */
  update: ReplicaSet[];
  remove: ReplicaSet[];
  /** The revision the Deployment's own annotation should carry. */
  revision: string;
  status: NonNullable<Deployment['status']>;
  /** Milliseconds after which the plan may change without any event: the progress deadline. */
  recheckIn?: number;
}

const replicasOf = (set: ReplicaSet): number => set.spec.replicas ?? 1;
const availableOf = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;
const sum = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number =>
  sets.reduce((total, set) => total + count(set), 0);

const revisionOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[revisionAnnotation] ?? 0);

const absolute = (value: number | string, total: number, round: (n: number) => number): number =>
  typeof value === 'string' && value.endsWith('%') ? round((Number.parseFloat(value) / 100) * total) : Number(value);

/** Surge rounds up and unavailable down; both zero would never move, so then one pod may be unavailable. */
export const rolloutLimits = (deployment: Deployment): { surge: number; unavailable: number } => {
  const desired = deployment.spec.replicas ?? 1;
  if (deployment.spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: desired };
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = absolute(maxSurge, desired, Math.ceil);
  const unavailable = absolute(maxUnavailable, desired, Math.floor);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, desired) };
};

const withoutHash = (template: PodTemplate): unknown => {
  const { [templateHashLabel]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { labels, annotations: template.metadata?.annotations ?? {}, spec: template.spec };
};

const hasTemplate = (set: ReplicaSet, template: PodTemplate): boolean =>
  canonicalJson(withoutHash(set.spec.template)) === canonicalJson(withoutHash(template));

const newReplicaSet = (deployment: Deployment, replicas: number, revision: number): ReplicaSet => {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = nameHash(withoutHash(template));
  const labels = { ...template.metadata?.labels, [templateHashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: suffixedName(deployment.metadata.name, hash),
      ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
      labels,
      annotations: { [revisionAnnotation]: String(revision), ...scaleAnnotations(deployment) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: deployment.metadata.name,
          uid: deployment.metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [templateHashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
};

const scaleAnnotations = (deployment: Deployment): Record<string, string> => {
  const desired = deployment.spec.replicas ?? 1;
  return {
    [desiredAnnotation]: String(desired),
    [maxAnnotation]: String(desired + rolloutLimits(deployment).surge),
  };
};

/** How many replicas the new ReplicaSet may have now: up to the wish, as far as the surge leaves room. */
const newReplicas = (deployment: Deployment, current: number, old: readonly ReplicaSet[]): number => {
  const desired = deployment.spec.replicas ?? 1;
  if (current >= desired) return desired;
  if (deployment.spec.strategy?.type === 'Recreate')
    return sum(old, set => set.status?.replicas ?? 0) > 0 ? current : desired;
  const room = desired + rolloutLimits(deployment).surge - sum(old, replicasOf) - current;
  return current + Math.max(0, Math.min(room, desired - current));
};

/** Takes pods away from old ReplicaSets, oldest first: broken ones at once, working ones while enough stay available. */
const shrinkOld = (
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Map<ReplicaSet, number> => {
  const desired = deployment.spec.replicas ?? 1;
  const minAvailable = desired - rolloutLimits(deployment).unavailable;
  const freshReplicas = fresh ? replicasOf(fresh) : 0;
  const freshAvailable = fresh ? availableOf(fresh) : 0;
  const targets = new Map(old.map(set => [set, replicasOf(set)]));
  let broken = sum(old, replicasOf) + freshReplicas - minAvailable - (freshReplicas - freshAvailable);
  let working = sum(old, availableOf) + freshAvailable - minAvailable;
  for (const set of old) {
    const drop = Math.max(0, Math.min(broken, replicasOf(set) - availableOf(set)));
    broken -= drop;
    const dropWorking = Math.max(0, Math.min(working, broken, replicasOf(set) - drop));
    working -= dropWorking;
    broken -= dropWorking;
    targets.set(set, replicasOf(set) - drop - dropWorking);
  }
  return targets;
};

const scaled = (set: ReplicaSet, replicas: number, annotations: Record<string, string>): ReplicaSet => ({
  ...set,
  metadata: { ...set.metadata, annotations: { ...set.metadata.annotations, ...annotations } },
  spec: { ...set.spec, replicas },
});

const expired = (deployment: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] => {
  const idle = old.filter(set => replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0);
  return idle.slice(0, Math.max(0, idle.length - (deployment.spec.revisionHistoryLimit ?? 10)));
};

const changed = (before: readonly ReplicaSet[], after: readonly ReplicaSet[]): ReplicaSet[] =>
  after.filter((set, index) => canonicalJson(set) !== canonicalJson(before[index]));

/** `owned` are the ReplicaSets this Deployment controls; `now` in milliseconds. */
export const planRollout = (deployment: Deployment, owned: readonly ReplicaSet[], now: number): RolloutPlan => {
  const sets = [...owned].sort((a, b) => revisionOf(a) - revisionOf(b));
  const fresh = sets.findLast(set => hasTemplate(set, deployment.spec.template));
  const old = sets.filter(set => set !== fresh);
  const revision = Math.max(1, fresh ? revisionOf(fresh) : 0, Math.max(0, ...old.map(revisionOf)) + 1);
  const { status, recheckIn } = deploymentStatus(deployment, fresh, sets, now);
  const common = {
    revision: String(revision),
    status,
    ...(recheckIn === undefined ? {} : { recheckIn }),
  };
  if (deployment.spec.paused === true) return { ...common, update: [], remove: [] };

  const annotations = { [revisionAnnotation]: String(revision), ...scaleAnnotations(deployment) };
  const replicas = newReplicas(deployment, fresh ? replicasOf(fresh) : 0, old);
  const targets = shrinkOld(deployment, fresh, old);
  const after = sets.map(set =>
    set === fresh ? scaled(set, replicas, annotations) : scaled(set, targets.get(set) ?? 0, {}),
  );
  const remove = status.updatedReplicas === (deployment.spec.replicas ?? 1) ? expired(deployment, old) : [];
  return {
    ...common,
    ...(fresh ? {} : { create: newReplicaSet(deployment, replicas, revision) }),
    update: changed(sets, after).filter(set => !remove.some(gone => gone.metadata.uid === set.metadata.uid)),
    remove,
  };
};
