/** A Pod's status from what its containers do. Pure. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ */
import type {
  Container,
  ContainerState,
  ContainerStatus,
  CoreCondition,
  Pod,
  PodStatus,
} from '../cluster/core-kinds.ts';

/** What the agent knows of one container. */
export interface ContainerRecord {
  name: string;
  image: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: ContainerState;
  lastState: ContainerState;
  containerID?: string;
}

export interface PodFacts {
  nodeIPs: readonly string[];
  podIPs: readonly string[];
  containers: readonly ContainerRecord[];
  initContainers: readonly ContainerRecord[];
  /** No container will be started again. */
  ended: boolean;
  /** RFC 3339, seconds. */
  startTime: string;
  /** RFC 3339, seconds. */
  now: string;
}

export const newRecord = (container: Container, reason: string): ContainerRecord => ({
  name: container.name,
  image: container.image ?? '',
  ready: false,
  started: false,
  restartCount: 0,
  state: { waiting: { reason } },
  lastState: {},
});

const statusOf = (record: ContainerRecord): ContainerStatus => ({ ...record, imageID: '' });

/** Restartable init containers (sidecars) count as done once started, and go on running. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

const isInitialized = (pod: Pod, facts: PodFacts): boolean =>
  facts.initContainers.every(record => {
    const container = pod.spec.initContainers?.find(candidate => candidate.name === record.name);
    return container && isSidecar(container) ? record.started : record.state.terminated?.exitCode === 0;
  });

const phaseOf = (facts: PodFacts, initialized: boolean): string => {
  const failed = facts.containers.some(record => (record.state.terminated?.exitCode ?? 0) !== 0);
  if (facts.ended) return failed || !initialized ? 'Failed' : 'Succeeded';
  const begun = facts.containers.some(
    record => record.state.running ?? record.state.terminated ?? record.lastState.terminated,
  );
  return initialized && begun ? 'Running' : 'Pending';
};

const unready = (records: readonly ContainerRecord[]): string =>
  `containers with unready status: [${records.map(record => record.name).join(' ')}]`;

type Verdict = { holds: boolean; reason?: string; message?: string };

const readiness = (facts: PodFacts): Verdict => {
  const waiting = facts.containers.filter(record => !record.ready);
  if (facts.ended) return { holds: false, reason: 'PodCompleted' };
  return waiting.length === 0
    ? { holds: true }
    : { holds: false, reason: 'ContainersNotReady', message: unready(waiting) };
};

const gatesOpen = (pod: Pod, containers: Verdict): Verdict => {
  const closed = (pod.spec.readinessGates ?? []).find(
    gate =>
      !pod.status?.conditions?.some(condition => condition.type === gate.conditionType && condition.status === 'True'),
  );
  if (!containers.holds || !closed) return containers;
  return {
    holds: false,
    reason: 'ReadinessGatesNotReady',
    message: `the status of pod readiness gate "${closed.conditionType}" is not "True"`,
  };
};

const condition = (pod: Pod, type: string, verdict: Verdict, now: string): CoreCondition => {
  const previous = pod.status?.conditions?.find(candidate => candidate.type === type);
  const status = verdict.holds ? 'True' : 'False';
  return {
    type,
    status,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
    ...(verdict.message === undefined ? {} : { message: verdict.message }),
    lastTransitionTime: previous?.status === status ? (previous.lastTransitionTime ?? now) : now,
  };
};

const conditionsOf = (pod: Pod, facts: PodFacts, initialized: boolean): CoreCondition[] => {
  const containers = readiness(facts);
  const own = [
    condition(pod, 'PodReadyToStartContainers', { holds: facts.podIPs.length > 0 && !facts.ended }, facts.now),
    condition(
      pod,
      'Initialized',
      initialized ? { holds: true } : { holds: false, reason: 'ContainersNotInitialized' },
      facts.now,
    ),
    condition(pod, 'Ready', gatesOpen(pod, containers), facts.now),
    condition(pod, 'ContainersReady', containers, facts.now),
    condition(pod, 'PodScheduled', { holds: true }, facts.now),
  ];
  const foreign = (pod.status?.conditions ?? []).filter(other => !own.some(({ type }) => type === other.type));
  return [...own, ...foreign];
};

export const podStatus = (pod: Pod, facts: PodFacts): PodStatus => {
  const initialized = isInitialized(pod, facts);
  const [hostIP] = facts.nodeIPs;
  const [podIP] = facts.podIPs;
  return {
    phase: phaseOf(facts, initialized),
    conditions: conditionsOf(pod, facts, initialized),
    startTime: facts.startTime,
    qosClass: pod.status?.qosClass ?? 'BestEffort',
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: facts.nodeIPs.map(ip => ({ ip })) }),
    ...(podIP === undefined ? {} : { podIP, podIPs: facts.podIPs.map(ip => ({ ip })) }),
    ...(facts.initContainers.length > 0 ? { initContainerStatuses: facts.initContainers.map(statusOf) } : {}),
    containerStatuses: facts.containers.map(statusOf),
  };
};
