/** What `kubectl get pods` shows of a pod's containers. Behaviour of k8s.io/kubernetes/pkg/printers `printPod`. */
import { objectAt, own, stringAt } from '../json.ts';
import type { JsonObject } from '../types.ts';
import { isTrue, metadata, none, numberOrZero, objectsAt, spec, status } from './cells.ts';
import { since } from './duration.ts';

const containerStatuses = (pod: JsonObject): JsonObject[] => objectsAt(status(pod), 'containerStatuses');

/** Init containers with `restartPolicy: Always` run beside the others. */
const sidecars = (pod: JsonObject): Set<string> =>
  new Set(
    objectsAt(spec(pod), 'initContainers')
      .filter(container => stringAt(container, 'restartPolicy') === 'Always')
      .map(container => stringAt(container, 'name')),
  );

const sidecarStatuses = (pod: JsonObject): JsonObject[] => {
  const names = sidecars(pod);
  return objectsAt(status(pod), 'initContainerStatuses').filter(each => names.has(stringAt(each, 'name')));
};

export function podReady(pod: JsonObject): string {
  const ready = containerStatuses(pod).filter(each => each.ready === true && own(objectAt(each, 'state'), 'running'));
  const readySidecars = sidecarStatuses(pod).filter(each => each.ready === true && each.started === true);
  const total = objectsAt(spec(pod), 'containers').length + sidecars(pod).size;
  return `${ready.length + readySidecars.length}/${total}`;
}

/** While the pod initialises, restarts of its init containers; then those of its containers. */
export function podRestarts(pod: JsonObject, now: number): string {
  const counted = isInitializing(pod)
    ? objectsAt(status(pod), 'initContainerStatuses')
    : [...sidecarStatuses(pod), ...containerStatuses(pod)];
  const restarts = counted.reduce((sum, each) => sum + numberOrZero(each, 'restartCount'), 0);
  const last = counted
    .map(each => stringAt(objectAt(objectAt(each, 'lastState'), 'terminated'), 'finishedAt'))
    .sort()
    .at(-1);
  return restarts > 0 && last ? `${restarts} (${since(last, now)} ago)` : String(restarts);
}

const isInitializing = (pod: JsonObject): boolean => initReason(pod) !== undefined && !isTrue(pod, 'Initialized');

export function podStatus(pod: JsonObject): string {
  const { reason, phase } = { reason: stringAt(status(pod), 'reason'), phase: stringAt(status(pod), 'phase') };
  if (stringAt(metadata(pod), 'deletionTimestamp')) {
    if (reason === 'NodeLost') return 'Unknown';
    if (phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating';
  }
  return (isInitializing(pod) ? initReason(pod) : containersReason(pod)) ?? (gated(pod) || reason || phase);
}

const gated = (pod: JsonObject): string => {
  const found = objectsAt(status(pod), 'conditions').some(
    each => stringAt(each, 'type') === 'PodScheduled' && stringAt(each, 'reason') === 'SchedulingGated',
  );
  return found ? 'SchedulingGated' : '';
};

/** Why the first init container that is not done is not done. */
function initReason(pod: JsonObject): string | undefined {
  const running = sidecars(pod);
  const statuses = objectsAt(status(pod), 'initContainerStatuses');
  const at = statuses.findIndex(each => !isInitialized(each, running));
  const found = statuses[at];
  if (!found) return undefined;
  const { terminated, waiting } = objectAt(found, 'state');
  if (terminated) return `Init:${terminationReason(found)}`;
  const reason = waiting ? stringAt(objectAt(objectAt(found, 'state'), 'waiting'), 'reason') : '';
  if (reason && reason !== 'PodInitializing') return `Init:${reason}`;
  return `Init:${at}/${objectsAt(spec(pod), 'initContainers').length}`;
}

function isInitialized(container: JsonObject, running: ReadonlySet<string>): boolean {
  const state = objectAt(container, 'state');
  const succeeded =
    own(state, 'terminated') !== undefined && numberOrZero(objectAt(state, 'terminated'), 'exitCode') === 0;
  return succeeded || (running.has(stringAt(container, 'name')) && container.started === true);
}

function terminationReason(container: JsonObject): string {
  const terminated = objectAt(objectAt(container, 'state'), 'terminated');
  const signal = numberOrZero(terminated, 'signal');
  return (
    stringAt(terminated, 'reason') || (signal ? `Signal:${signal}` : `ExitCode:${numberOrZero(terminated, 'exitCode')}`)
  );
}

/** Undefined where the containers have nothing to say beyond the pod's phase. The first container has the last word. */
function containersReason(pod: JsonObject): string | undefined {
  const statuses = containerStatuses(pod);
  const reason = statuses.map(containerReason).find(each => each !== undefined);
  if (reason !== 'Completed') return reason;
  const running = statuses.some(each => each.ready === true && own(objectAt(each, 'state'), 'running') !== undefined);
  if (running && isTrue(pod, 'Ready')) return 'Running';
  return statuses.filter(hasFailed).map(terminationReason)[0] ?? (running ? 'NotReady' : reason);
}

const hasFailed = (container: JsonObject): boolean =>
  numberOrZero(objectAt(objectAt(container, 'state'), 'terminated'), 'exitCode') !== 0;

function containerReason(container: JsonObject): string | undefined {
  const state = objectAt(container, 'state');
  const waiting = stringAt(objectAt(state, 'waiting'), 'reason');
  if (waiting) return waiting;
  return own(state, 'terminated') === undefined ? undefined : terminationReason(container);
}

export function podIp(pod: JsonObject): string {
  const [first] = objectsAt(status(pod), 'podIPs');
  return stringAt(first, 'ip') || stringAt(status(pod), 'podIP') || none;
}

export function readinessGates(pod: JsonObject): string {
  const gates = objectsAt(spec(pod), 'readinessGates').map(gate => stringAt(gate, 'conditionType'));
  return gates.length > 0 ? `${gates.filter(gate => isTrue(pod, gate)).length}/${gates.length}` : none;
}
