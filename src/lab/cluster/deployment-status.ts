/** A Deployment's status from its ReplicaSets' statuses. Pure. */
import { metaTime } from '../../resources/meta.ts';
import type { CoreCondition, Deployment, ReplicaSet } from './core-kinds.ts';

type Status = NonNullable<Deployment['status']>;
type Count = 'replicas' | 'readyReplicas' | 'availableReplicas';

const total = (sets: readonly ReplicaSet[], count: Count): number =>
  sets.reduce((sum, set) => sum + (set.status?.[count] ?? 0), 0);

/** Keeps `lastTransitionTime` unless the status changes, and `lastUpdateTime` unless anything does, so that equal stays equal. */
const condition = (
  previous: CoreCondition | undefined,
  next: Pick<CoreCondition, 'type' | 'status'> & { reason: string; message: string },
  now: number,
  touched = false,
): CoreCondition => {
  const same = previous?.status === next.status && previous.reason === next.reason && previous.message === next.message;
  const time = metaTime(new Date(now));
  return {
    ...next,
    lastUpdateTime: same && !touched ? (previous.lastUpdateTime ?? time) : time,
    lastTransitionTime: previous?.status === next.status ? (previous.lastTransitionTime ?? time) : time,
  };
};

const available = (deployment: Deployment, counts: Status, minimum: number) =>
  (counts.availableReplicas ?? 0) >= minimum
    ? {
        type: 'Available',
        status: 'True' as const,
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False' as const,
        reason: 'MinimumReplicasUnavailable',
        message: `Deployment ${deployment.metadata.name} does not have minimum availability.`,
      };

const isComplete = (deployment: Deployment, counts: Status): boolean => {
  const desired = deployment.spec.replicas ?? 1;
  return (
    counts.updatedReplicas === desired && counts.replicas === desired && (counts.availableReplicas ?? 0) >= desired
  );
};

const moved = (deployment: Deployment, counts: Status): boolean => {
  const before = deployment.status ?? {};
  return (
    (before.updatedReplicas ?? 0) !== counts.updatedReplicas ||
    (before.readyReplicas ?? 0) !== counts.readyReplicas ||
    (before.availableReplicas ?? 0) !== counts.availableReplicas
  );
};

/** Milliseconds left until a rollout that does not move has missed its deadline; undefined when there is nothing to wait for. */
const deadlineIn = (deployment: Deployment, previous: CoreCondition | undefined, now: number): number | undefined => {
  const since = Date.parse(previous?.lastUpdateTime ?? '');
  const seconds = deployment.spec.progressDeadlineSeconds ?? 600;
  return Number.isNaN(since) || previous?.reason === 'NewReplicaSetAvailable'
    ? undefined
    : since + seconds * 1000 - now;
};

const progressing = (deployment: Deployment, fresh: ReplicaSet | undefined, counts: Status, late: boolean) => {
  const set = fresh?.metadata.name ?? '';
  if (fresh && isComplete(deployment, counts)) {
    return ['True', 'NewReplicaSetAvailable', `ReplicaSet "${set}" has successfully progressed.`] as const;
  }
  if (late) return ['False', 'ProgressDeadlineExceeded', `ReplicaSet "${set}" has timed out progressing.`] as const;
  return fresh
    ? (['True', 'ReplicaSetUpdated', `ReplicaSet "${set}" is progressing.`] as const)
    : (['True', 'NewReplicaSetCreated', 'Created new replica set.'] as const);
};

/** `minimum` pods must be available for the Available condition: the wish less what may be unavailable. */
const minimumOf = (deployment: Deployment): number => {
  const desired = deployment.spec.replicas ?? 1;
  const value = deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%';
  if (deployment.spec.strategy?.type === 'Recreate') return desired;
  const share =
    typeof value === 'string' && value.endsWith('%')
      ? Math.floor((Number.parseFloat(value) / 100) * desired)
      : Number(value);
  return desired - Math.min(desired, share);
};

export const deploymentStatus = (
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
  now: number,
): { status: Status; recheckIn?: number } => {
  const find = (type: string) => deployment.status?.conditions?.find(candidate => candidate.type === type);
  const wanted = sets.reduce((sum, set) => sum + (set.spec.replicas ?? 1), 0);
  const counts: Status = {
    ...(deployment.metadata.generation === undefined ? {} : { observedGeneration: deployment.metadata.generation }),
    replicas: total(sets, 'replicas'),
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: total(sets, 'readyReplicas'),
    availableReplicas: total(sets, 'availableReplicas'),
    unavailableReplicas: Math.max(0, wanted - total(sets, 'availableReplicas')),
  };
  const left = moved(deployment, counts) ? undefined : deadlineIn(deployment, find('Progressing'), now);
  const [status, reason, message] = progressing(deployment, fresh, counts, left !== undefined && left <= 0);
  const conditions = [
    condition(find('Available'), available(deployment, counts, minimumOf(deployment)), now),
    condition(
      find('Progressing'),
      { type: 'Progressing', status, reason, message },
      now,
      moved(deployment, counts) && !isComplete(deployment, counts),
    ),
  ];
  return { status: { ...counts, conditions }, ...(left !== undefined && left > 0 ? { recheckIn: left } : {}) };
};
