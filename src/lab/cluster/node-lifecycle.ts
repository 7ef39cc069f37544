/** Notices dead nodes by their Leases, keeps pods off those that are not ready, and clears away the pods that dead ones leave. */
import { metaTime } from '../../resources/meta.ts';
import { byNode, type ClusterContext, type Controller, createQueue, keyOf } from './context.ts';
import { type CoreCondition, type Node, nodes as nodeKind, type Pod, pods as podKind } from './core-kinds.ts';
import { taintsOf } from './node-taints.ts';
import { deleteObserved, patchObserved, patchStatus, sameContent } from './object-writes.ts';

const defaultNodeGrace = 40_000;
const defaultEvictAfter = 30_000;

const withCondition = (conditions: CoreCondition[] | undefined, next: CoreCondition): CoreCondition[] => [
  ...(conditions ?? []).filter(condition => condition.type !== next.type),
  next,
];

const readyStatus = (conditions: CoreCondition[] | undefined): string | undefined =>
  conditions?.find(condition => condition.type === 'Ready')?.status;

export const startNodeLifecycle = (context: ClusterContext): Controller => {
  const { nodes, pods, leases } = context.caches;
  const { nodeGraceMs = defaultNodeGrace, evictAfterMs = defaultEvictAfter } = context.options;
  const timestamp = () => metaTime(new Date(context.now()));

  const markNode = (node: Node): Promise<void> => {
    const conditions = withCondition(node.status?.conditions, {
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: timestamp(),
    });
    return patchStatus(context, nodeKind, nodes, node, { conditions });
  };

  const taint = async (node: Node): Promise<void> => {
    const taints = taintsOf(node);
    if (sameContent(taints, node.spec?.taints ?? [])) return;
    const body = { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints } };
    await patchObserved(context, nodeKind, nodes, node, body);
  };

  const markPod = async (pod: Pod): Promise<void> => {
    if (readyStatus(pod.status?.conditions) !== 'True') return;
    const conditions = withCondition(pod.status?.conditions, {
      type: 'Ready',
      status: 'False',
      reason: 'NodeNotReady',
      message: `node ${pod.spec.nodeName} does not answer`,
      lastTransitionTime: timestamp(),
    });
    await patchStatus(context, podKind, pods, pod, { conditions });
  };

  const giveUp = (nodeName: string) =>
    Promise.all(pods.byIndex(byNode, nodeName).map(pod => deleteObserved(context, podKind, pods, pod, 0)));

  /** Milliseconds since the node last said that it lives; undefined when it never did, so that nothing is concluded. */
  const silence = (nodeName: string): number | undefined => {
    const renewed = Date.parse(leases.get(`kube-node-lease/${nodeName}`)?.spec?.renewTime ?? '');
    return Number.isNaN(renewed) ? undefined : context.now() - renewed;
  };

  const check = async (name: string): Promise<number | undefined> => {
    const node = nodes.get(name);
    if (!node) {
      await giveUp(name);
      return undefined;
    }
    await taint(node);
    const silent = silence(name);
    if (silent === undefined) return undefined;
    if (silent < nodeGraceMs) return nodeGraceMs - silent;
    if (readyStatus(node.status?.conditions) === 'True') await markNode(node);
    await Promise.all(pods.byIndex(byNode, name).map(markPod));
    const left = nodeGraceMs + evictAfterMs - silent;
    if (left > 0) return left;
    await giveUp(name);
    return undefined;
  };

  const queue = createQueue(context, 'node-lifecycle', check);
  leases.onChange(changes => {
    for (const { object } of changes) queue.add(object.metadata.name);
  });
  nodes.onChange(changes => {
    for (const { object } of changes) queue.add(keyOf(object));
  });
  // A pod bound to a node that is not there (any more) has no change of that node to wait for.
  pods.onChange(changes => {
    for (const { type, object } of changes)
      if (type === 'added' && object.spec.nodeName && !nodes.get(object.spec.nodeName)) queue.add(object.spec.nodeName);
  });
  return queue;
};
