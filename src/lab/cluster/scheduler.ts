/** Gives every Pod without a node one, through the `binding` subresource. */

import { NotFound } from '../../kube/errors.ts';
import { objectPath, refOf } from '../../kube/resource-path.ts';
import { metaTime } from '../../resources/meta.ts';
import { type ClusterContext, type Controller, createQueue, keyOf } from './context.ts';
import { type Pod, pods as podKind } from './core-kinds.ts';
import { patchStatus } from './object-writes.ts';
import { isActive } from './pod-state.ts';
import { placePod } from './schedule.ts';

const isOurs = (pod: Pod): boolean =>
  !pod.spec.nodeName &&
  isActive(pod) &&
  (pod.spec.schedulerName === undefined || pod.spec.schedulerName === 'default-scheduler');

const bind = async ({ client }: ClusterContext, pod: Pod, nodeName: string): Promise<void> => {
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { ...refOf(pod), uid: pod.metadata.uid },
    target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
  };
  const response = await client.request({
    method: 'POST',
    path: objectPath(podKind, refOf(pod), 'binding'),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(binding),
  });
  await response.body.dump();
};

const explainWait = (context: ClusterContext, pod: Pod, message: string): Promise<void> => {
  const others = (pod.status?.conditions ?? []).filter(condition => condition.type !== 'PodScheduled');
  const known = pod.status?.conditions?.find(condition => condition.type === 'PodScheduled');
  if (known?.message !== message) context.events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message });
  const condition = {
    type: 'PodScheduled',
    status: 'False' as const,
    reason: 'Unschedulable',
    message,
    lastTransitionTime:
      known?.status === 'False' && known.lastTransitionTime
        ? known.lastTransitionTime
        : metaTime(new Date(context.now())),
  };
  return patchStatus(context, podKind, context.caches.pods, pod, { conditions: [...others, condition] });
};

export const startScheduler = (context: ClusterContext): Controller => {
  const { pods, nodes } = context.caches;
  /** Bindings the watch has not brought yet, by uid: without them a burst of pods would all go to one node. */
  const assumed = new Map<string, string>();

  const placed = (): Pod[] =>
    pods.list().map(pod => {
      const nodeName = assumed.get(pod.metadata.uid ?? '');
      return nodeName && !pod.spec.nodeName ? { ...pod, spec: { ...pod.spec, nodeName } } : pod;
    });

  const schedule = async (key: string): Promise<undefined> => {
    const pod = pods.get(key);
    const uid = pod?.metadata.uid ?? '';
    if (!pod || !isOurs(pod) || assumed.has(uid)) return;
    const placement = placePod(pod, nodes.list(), placed());
    if ('message' in placement) return void (await explainWait(context, pod, placement.message));
    assumed.set(uid, placement.nodeName);
    await bind(context, pod, placement.nodeName).catch(error => {
      assumed.delete(uid);
      if (!(error instanceof NotFound)) throw error;
    });
    const message = `Successfully assigned ${key} to ${placement.nodeName}`;
    context.events.record(pod, { type: 'Normal', reason: 'Scheduled', message });
  };

  const queue = createQueue(context, 'scheduler', schedule);
  const retryWaiting = () => {
    for (const pod of pods.list()) if (isOurs(pod)) queue.add(keyOf(pod));
  };
  pods.onChange(changes => {
    for (const { type, object } of changes) {
      if (type === 'deleted' || object.spec.nodeName) assumed.delete(object.metadata.uid ?? '');
      if (type === 'deleted') retryWaiting();
      else if (isOurs(object)) queue.add(keyOf(object));
    }
  });
  nodes.onChange(retryWaiting);
  return queue;
};
