/** Keeps as many Pods of each ReplicaSet as it asks for. */
import { type KubeObject, objectKey } from '../../resources/meta.ts';
import {
  byController,
  byNamespace,
  type ClusterContext,
  type Controller,
  createQueue,
  joinControllers,
  keyOf,
} from './context.ts';
import { type Pod, pods as podKind, type ReplicaSet, replicaSets as replicaSetKind } from './core-kinds.ts';
import { matchesSelector, selectorMistake } from './label-selector.ts';
import { randomSuffix, suffixedName } from './name-hash.ts';
import { createObserved, deleteObserved, patchObserved, patchStatus } from './object-writes.ts';
import { controllerOf, isTerminating } from './pod-state.ts';
import { planReplicas } from './replica-plan.ts';

const ownerReference = (set: ReplicaSet) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: set.metadata.name,
  uid: set.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

const podOf = (set: ReplicaSet, suffix: string): Pod => {
  const { metadata, spec } = set.spec.template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: suffixedName(set.metadata.name, suffix),
      ...(set.metadata.namespace === undefined ? {} : { namespace: set.metadata.namespace }),
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      ...(metadata?.annotations ? { annotations: metadata.annotations } : {}),
      ownerReferences: [ownerReference(set)],
    },
    spec,
  };
};

/** The owner is gone, or another object of its name took its place: nothing else will remove what it left. */
export const isOrphan = (
  object: KubeObject,
  ownerKind: string,
  find: (key: string) => KubeObject | undefined,
): boolean => {
  const owner = controllerOf(object);
  if (owner?.kind !== ownerKind) return false;
  const { namespace } = object.metadata;
  return find(objectKey({ namespace, name: owner.name }))?.metadata.uid !== owner.uid;
};

export const startReplicaSetController = (context: ClusterContext): Controller => {
  const { pods, replicaSets } = context.caches;

  const setOwners = (set: ReplicaSet, pod: Pod, own: boolean) => {
    const others = (pod.metadata.ownerReferences ?? []).filter(reference => reference.uid !== set.metadata.uid);
    const ownerReferences = own ? [...others, ownerReference(set)] : others;
    const body = { metadata: { resourceVersion: pod.metadata.resourceVersion, ownerReferences } };
    return patchObserved(context, podKind, pods, pod, body);
  };

  const createPod = async (set: ReplicaSet): Promise<void> => {
    const pod = podOf(set, randomSuffix(context.random));
    await createObserved(context, podKind, pods, pod);
    const message = `Created pod: ${pod.metadata.name}`;
    context.events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message });
  };

  const deletePod = async (set: ReplicaSet, pod: Pod): Promise<void> => {
    await deleteObserved(context, podKind, pods, pod);
    const message = `Deleted pod: ${pod.metadata.name}`;
    context.events.record(set, { type: 'Normal', reason: 'SuccessfulDelete', message });
  };

  const reconcile = async (key: string): Promise<number | undefined> => {
    const set = replicaSets.get(key);
    if (!set) return undefined;
    const mistake = selectorMistake(set.spec);
    if (mistake !== undefined) {
      context.events.record(set, { type: 'Warning', reason: 'SelectorMismatch', message: mistake });
      return undefined;
    }
    const namespacePods = pods.byIndex(byNamespace, set.metadata.namespace ?? '');
    const plan = planReplicas(set, namespacePods, context.now());
    await Promise.all([
      ...plan.adopt.map(pod => setOwners(set, pod, true)),
      ...plan.release.map(pod => setOwners(set, pod, false)),
      ...Array.from({ length: plan.create }, () => createPod(set)),
      ...plan.remove.map(pod => deletePod(set, pod)),
    ]);
    await patchStatus(context, replicaSetKind, replicaSets, set, plan.status);
    return plan.recheckIn;
  };

  const removeOrphan = async (key: string): Promise<undefined> => {
    const pod = pods.get(key);
    if (pod && !isTerminating(pod) && isOrphan(pod, 'ReplicaSet', name => replicaSets.get(name)))
      await deleteObserved(context, podKind, pods, pod);
  };

  const queue = createQueue(context, 'replicaset', reconcile);
  const orphans = createQueue(context, 'replicaset-orphans', removeOrphan);
  const wake = (pod: Pod) => {
    const owner = controllerOf(pod);
    if (owner?.kind === 'ReplicaSet') {
      queue.add(objectKey({ namespace: pod.metadata.namespace, name: owner.name }));
      orphans.add(keyOf(pod));
    }
    if (owner) return;
    for (const set of replicaSets.byIndex(byNamespace, pod.metadata.namespace ?? ''))
      if (matchesSelector(set.spec.selector, pod.metadata.labels)) queue.add(keyOf(set));
  };
  replicaSets.onChange(changes => {
    for (const { type, object } of changes) {
      queue.add(keyOf(object));
      if (type === 'deleted')
        for (const pod of pods.byIndex(byController, object.metadata.uid ?? '')) orphans.add(keyOf(pod));
    }
  });
  pods.onChange(changes => {
    for (const change of changes) {
      wake(change.object);
      if (change.type === 'modified') wake(change.old);
    }
  });
  return joinControllers([queue, orphans]);
};
