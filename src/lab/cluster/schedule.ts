/** Where a Pod goes. Pure: a node, or the reasons why there is none. */
import type { Node, NodeSelectorTerm, Pod, PodAntiAffinityTerm, Taint } from './core-kinds.ts';
import { matchesLabels, matchesSelector, meetsRequirement } from './label-selector.ts';
import { controllerOf, hasEnded } from './pod-state.ts';

export type Placement = { nodeName: string } | { message: string };

type Filter = (pod: Pod, node: Node, onNode: readonly Pod[]) => string | undefined;

const tolerates = (pod: Pod, taint: Taint): boolean =>
  (pod.spec.tolerations ?? []).some(
    toleration =>
      (toleration.effect === undefined || toleration.effect === '' || toleration.effect === taint.effect) &&
      (toleration.key === undefined || toleration.key === '' || toleration.key === taint.key) &&
      (toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '')),
  );

const isNodeReady = (node: Node): boolean =>
  node.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false;

const meetsTerm = (term: NodeSelectorTerm, node: Node): boolean =>
  (term.matchExpressions ?? []).every(requirement => meetsRequirement(requirement, node.metadata.labels)) &&
  (term.matchFields ?? []).every(requirement =>
    meetsRequirement(requirement, { 'metadata.name': node.metadata.name }),
  ) &&
  (term.matchExpressions ?? term.matchFields) !== undefined;

const wantsNode = (pod: Pod, node: Node): boolean => {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    matchesLabels(pod.spec.nodeSelector ?? {}, node.metadata.labels) &&
    (terms === undefined || terms.some(term => meetsTerm(term, node)))
  );
};

const avoids = (term: PodAntiAffinityTerm, pod: Pod, other: Pod): boolean =>
  term.topologyKey === 'kubernetes.io/hostname' &&
  term.labelSelector !== undefined &&
  (term.namespaces ?? [pod.metadata.namespace ?? '']).includes(other.metadata.namespace ?? '') &&
  matchesSelector(term.labelSelector, other.metadata.labels);

const antiAffinityTerms = (pod: Pod): PodAntiAffinityTerm[] =>
  pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

const hostPorts = (pod: Pod): string[] =>
  pod.spec.containers
    .flatMap(container => container.ports ?? [])
    .filter(port => port.hostPort !== undefined && port.hostPort > 0)
    .map(port => `${port.hostPort}/${port.protocol ?? 'TCP'}`);

const clashesOnPort = (pod: Pod, others: readonly Pod[]): boolean => {
  const wanted = new Set(hostPorts(pod));
  return wanted.size > 0 && others.some(other => hostPorts(other).some(port => wanted.has(port)));
};

/** The order is the one in which the scheduler's own message lists its plug-ins' complaints. */
const filters: readonly Filter[] = [
  (_pod, node) => (node.spec?.unschedulable ? 'were unschedulable' : undefined),
  (_pod, node) => (isNodeReady(node) ? undefined : 'were not ready'),
  (pod, node) => {
    const taint = (node.spec?.taints ?? []).find(
      candidate => candidate.effect !== 'PreferNoSchedule' && !tolerates(pod, candidate),
    );
    return taint && `had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  },
  (pod, node) => (wantsNode(pod, node) ? undefined : "didn't match Pod's node affinity/selector"),
  (pod, _node, others) =>
    clashesOnPort(pod, others) ? "didn't have free ports for the requested pod ports" : undefined,
  (pod, _node, others) =>
    antiAffinityTerms(pod).some(term => others.some(other => avoids(term, pod, other)))
      ? "didn't match pod anti-affinity rules"
      : undefined,
  (pod, _node, others) =>
    others.some(other => antiAffinityTerms(other).some(term => avoids(term, other, pod)))
      ? "didn't satisfy existing pods anti-affinity rules"
      : undefined,
];

const podsByNode = (pods: readonly Pod[]): Map<string, Pod[]> =>
  Map.groupBy(
    pods.filter(pod => pod.spec.nodeName && !hasEnded(pod)),
    pod => pod.spec.nodeName ?? '',
  );

const explain = (complaints: readonly string[], total: number): string => {
  if (total === 0) return 'no nodes available to schedule pods';
  const counts = Map.groupBy(complaints, complaint => complaint);
  const parts = [...counts].map(([complaint, all]) => `${all.length} node(s) ${complaint}`);
  return `0/${total} nodes are available: ${parts.join(', ')}.`;
};

/** Fewest pods of the same owner first, so that replicas spread; then fewest pods; then the name, to be deterministic. */
const ranking = (pod: Pod, byNode: Map<string, Pod[]>) => {
  const owner = controllerOf(pod)?.uid;
  const weight = (node: Node) => {
    const onNode = byNode.get(node.metadata.name) ?? [];
    const siblings = owner === undefined ? 0 : onNode.filter(other => controllerOf(other)?.uid === owner).length;
    return [siblings, onNode.length] as const;
  };
  return (a: Node, b: Node): number => {
    const [siblingsA, podsA] = weight(a);
    const [siblingsB, podsB] = weight(b);
    return siblingsA - siblingsB || podsA - podsB || (a.metadata.name < b.metadata.name ? -1 : 1);
  };
};

/** `pods` are all pods of the cluster, those already placed among them. */
export const placePod = (pod: Pod, nodes: readonly Node[], pods: readonly Pod[]): Placement => {
  const byNode = podsByNode(pods);
  const complaints: string[] = [];
  const fitting = nodes.filter(node => {
    const others = byNode.get(node.metadata.name) ?? [];
    const complaint = filters.map(filter => filter(pod, node, others)).find(text => text !== undefined);
    if (complaint !== undefined) complaints.push(complaint);
    return complaint === undefined;
  });
  const [best] = fitting.sort(ranking(pod, byNode));
  return best ? { nodeName: best.metadata.name } : { message: explain(complaints, nodes.length) };
};
