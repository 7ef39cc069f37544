/** Rolls Deployments out through ReplicaSets. What to do is decided in `rollout.ts`. */
import { objectKey } from '../../resources/meta.ts';
import { byController, type ClusterContext, type Controller, createQueue, joinControllers, keyOf } from './context.ts';
import {
  type Deployment,
  deployments as deploymentKind,
  type ReplicaSet,
  replicaSets as replicaSetKind,
} from './core-kinds.ts';
import { selectorMistake } from './label-selector.ts';
import { createIfAbsent, deleteObserved, patchObserved, patchStatus } from './object-writes.ts';
import { controllerOf, isTerminating } from './pod-state.ts';
import { isOrphan } from './replica-set-controller.ts';
import { planRollout, revisionAnnotation } from './rollout.ts';

export const startDeploymentController = (context: ClusterContext): Controller => {
  const { deployments, replicaSets } = context.caches;

  const announce = (deployment: Deployment, set: ReplicaSet, from: number): void => {
    const to = set.spec.replicas ?? 1;
    if (to === from) return;
    const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${to}`;
    context.events.record(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
  };

  const create = async (deployment: Deployment, set: ReplicaSet): Promise<void> => {
    await createIfAbsent(context, replicaSetKind, replicaSets, set);
    announce(deployment, set, 0);
  };

  const update = async (deployment: Deployment, set: ReplicaSet): Promise<void> => {
    const before = replicaSets.get(keyOf(set))?.spec.replicas ?? 1;
    const { resourceVersion, annotations } = set.metadata;
    const body = { metadata: { resourceVersion, annotations }, spec: { replicas: set.spec.replicas } };
    await patchObserved(context, replicaSetKind, replicaSets, set, body);
    announce(deployment, set, before);
  };

  const noteRevision = async (deployment: Deployment, revision: string): Promise<void> => {
    if (deployment.metadata.annotations?.[revisionAnnotation] === revision) return;
    const body = { metadata: { annotations: { [revisionAnnotation]: revision } } };
    await patchObserved(context, deploymentKind, deployments, deployment, body);
  };

  const reconcile = async (key: string): Promise<number | undefined> => {
    const deployment = deployments.get(key);
    if (!deployment || isTerminating(deployment)) return undefined;
    const mistake = selectorMistake(deployment.spec);
    if (mistake !== undefined) {
      context.events.record(deployment, { type: 'Warning', reason: 'SelectorMismatch', message: mistake });
      return undefined;
    }
    const owned = replicaSets.byIndex(byController, deployment.metadata.uid ?? '');
    const plan = planRollout(deployment, owned, context.now());
    await Promise.all([
      ...(plan.create ? [create(deployment, plan.create)] : []),
      ...plan.update.map(set => update(deployment, set)),
      ...plan.remove.map(set => deleteObserved(context, replicaSetKind, replicaSets, set)),
    ]);
    await noteRevision(deployment, plan.revision);
    const latest = deployments.get(key) ?? deployment;
    await patchStatus(context, deploymentKind, deployments, latest, plan.status);
    return plan.recheckIn;
  };

  const removeOrphan = async (key: string): Promise<undefined> => {
    const set = replicaSets.get(key);
    if (set && !isTerminating(set) && isOrphan(set, 'Deployment', name => deployments.get(name)))
      await deleteObserved(context, replicaSetKind, replicaSets, set);
  };

  const queue = createQueue(context, 'deployment', reconcile);
  const orphans = createQueue(context, 'deployment-orphans', removeOrphan);
  deployments.onChange(changes => {
    for (const { type, object } of changes) {
      queue.add(keyOf(object));
      if (type === 'deleted')
        for (const set of replicaSets.byIndex(byController, object.metadata.uid ?? '')) orphans.add(keyOf(set));
    }
  });
  replicaSets.onChange(changes => {
    for (const { object } of changes) {
      const owner = controllerOf(object);
      if (owner?.kind !== 'Deployment') continue;
      queue.add(objectKey({ namespace: object.metadata.namespace, name: owner.name }));
      orphans.add(keyOf(object));
    }
  });
  return joinControllers([queue, orphans]);
};
