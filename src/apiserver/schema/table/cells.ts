/** What cells of built-in kinds show where a path alone cannot say it. Behaviour of k8s.io/kubernetes/pkg/printers. */
import { arrayAt, isObject, numberAt, objectAt, own, stringAt } from '../json.ts';
import type { JsonObject, JsonValue } from '../types.ts';
import { humanDuration, since } from './duration.ts';

export const none = '<none>';

export const spec = (object: JsonObject): JsonObject => objectAt(object, 'spec');
export const status = (object: JsonObject): JsonObject => objectAt(object, 'status');
export const metadata = (object: JsonObject): JsonObject => objectAt(object, 'metadata');

/** The objects in a list. */
export const objectsAt = (object: JsonObject, key: string): JsonObject[] => arrayAt(object, key).filter(isObject);

/** A number that is absent counts as zero, as in Go. */
export const numberOrZero = (object: JsonObject, key: string): number => numberAt(object, key) ?? 0;

export const orNone = (text: string): string => text || none;

/** `a=1,b=2`, in order of keys. */
export function labels(map: JsonObject): string {
  const pairs = Object.keys(map)
    .sort()
    .map(key => `${key}=${map[key]}`);
  return orNone(pairs.join(','));
}

const operators: { [operator: string]: (key: string, values: string) => string } = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: key => key,
  DoesNotExist: key => `!${key}`,
};

/** A label selector in the syntax of `kubectl get -l`. */
export function selector(object: JsonObject): string {
  const { matchLabels } = object;
  const equal = isObject(matchLabels)
    ? Object.keys(matchLabels)
        .sort()
        .map(key => `${key}=${matchLabels[key]}`)
    : [];
  const expressions = objectsAt(object, 'matchExpressions').map(expression => {
    const values = arrayAt(expression, 'values').map(String).sort().join(',');
    return operators[stringAt(expression, 'operator')]?.(stringAt(expression, 'key'), values) ?? '<invalid>';
  });
  return orNone([...equal, ...expressions].join(','));
}

const template = (object: JsonObject): JsonObject[] =>
  objectsAt(objectAt(objectAt(spec(object), 'template'), 'spec'), 'containers');

export const containerNames = (object: JsonObject): string =>
  template(object)
    .map(each => stringAt(each, 'name'))
    .join(',');
export const containerImages = (object: JsonObject): string =>
  template(object)
    .map(each => stringAt(each, 'image'))
    .join(',');

/** The first three, and how many more there are. */
function firstThree(all: readonly string[]): string {
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : orNone(shown);
}

const hostPort = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

export function endpoints(object: JsonObject): string {
  return firstThree(
    objectsAt(object, 'subsets').flatMap(subset => {
      const addresses = objectsAt(subset, 'addresses').map(address => stringAt(address, 'ip'));
      const ports = objectsAt(subset, 'ports').map(port => numberOrZero(port, 'port'));
      return ports.length > 0 ? ports.flatMap(port => addresses.map(ip => hostPort(ip, port))) : addresses;
    }),
  );
}

export function slicePorts(object: JsonObject): string {
  const ports = objectsAt(object, 'ports');
  return ports.length > 0
    ? firstThree(ports.map(port => String(own(port, 'port') ?? (stringAt(port, 'name') || '*'))))
    : '<unset>';
}

export function sliceEndpoints(object: JsonObject): string {
  const addresses = objectsAt(object, 'endpoints').flatMap(endpoint => arrayAt(endpoint, 'addresses').map(String));
  return addresses.length > 0 ? firstThree(addresses) : '<unset>';
}

export function servicePorts(object: JsonObject): string {
  const ports = objectsAt(spec(object), 'ports').map(port => {
    const nodePort = numberOrZero(port, 'nodePort');
    return `${numberOrZero(port, 'port')}${nodePort > 0 ? `:${nodePort}` : ''}/${stringAt(port, 'protocol') || 'TCP'}`;
  });
  return orNone(ports.join(','));
}

export function serviceClusterIp(object: JsonObject): string {
  const [first] = arrayAt(spec(object), 'clusterIPs');
  return orNone(typeof first === 'string' ? first : stringAt(spec(object), 'clusterIP'));
}

export function serviceExternalIp(object: JsonObject): string {
  const external = arrayAt(spec(object), 'externalIPs').map(String);
  switch (stringAt(spec(object), 'type')) {
    case 'ExternalName':
      return stringAt(spec(object), 'externalName');
    case 'LoadBalancer':
      return [...ingressAddresses(object), ...external].join(',') || '<pending>';
    default:
      return orNone(external.join(','));
  }
}

/** What a load balancer was given: of a Service or an Ingress. */
export const ingressAddresses = (object: JsonObject): string[] =>
  objectsAt(objectAt(status(object), 'loadBalancer'), 'ingress')
    .map(each => stringAt(each, 'ip') || stringAt(each, 'hostname'))
    .filter(each => each !== '');

export const condition = (object: JsonObject, type: string): JsonObject | undefined =>
  objectsAt(status(object), 'conditions').find(each => stringAt(each, 'type') === type);

export const isTrue = (object: JsonObject, type: string): boolean =>
  stringAt(condition(object, type), 'status') === 'True';

export function nodeStatus(object: JsonObject): string {
  const ready = condition(object, 'Ready');
  const state = !ready ? 'Unknown' : stringAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return spec(object).unschedulable === true ? `${state},SchedulingDisabled` : state;
}

export function nodeRoles(object: JsonObject): string {
  const roles = Object.entries(objectAt(metadata(object), 'labels')).flatMap(([key, value]) => {
    if (key.startsWith('node-role.kubernetes.io/')) return [key.slice('node-role.kubernetes.io/'.length)];
    return key === 'kubernetes.io/role' && typeof value === 'string' ? [value] : [];
  });
  return orNone([...new Set(roles.filter(role => role !== ''))].sort().join(','));
}

export const nodeAddress =
  (type: string) =>
  (object: JsonObject): string =>
    orNone(
      stringAt(
        objectsAt(status(object), 'addresses').find(each => stringAt(each, 'type') === type),
        'address',
      ),
    );

export const nodeInfo =
  (key: string) =>
  (object: JsonObject): string =>
    stringAt(objectAt(status(object), 'nodeInfo'), key) || '<unknown>';

const jobStates = ['Complete', 'Failed', 'Terminating', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'] as const;

export function jobStatus(object: JsonObject): string {
  const holds = (state: (typeof jobStates)[number]) =>
    state === 'Terminating' ? stringAt(metadata(object), 'deletionTimestamp') !== '' : isTrue(object, state);
  return jobStates.find(holds) ?? 'Running';
}

export function jobCompletions(object: JsonObject): string {
  const done = numberOrZero(status(object), 'succeeded');
  if (own(spec(object), 'completions') !== undefined) return `${done}/${numberOrZero(spec(object), 'completions')}`;
  const parallelism = numberOrZero(spec(object), 'parallelism');
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

export function jobDuration(object: JsonObject, now: number): string {
  const start = Date.parse(stringAt(status(object), 'startTime'));
  const end = Date.parse(stringAt(status(object), 'completionTime'));
  return Number.isNaN(start) ? '' : humanDuration((Number.isNaN(end) ? now : end) - start);
}

export const eventSeen = (object: JsonObject, now: number): string => {
  const series = stringAt(objectAt(object, 'series'), 'lastObservedTime');
  return series ? since(series, now) : since(stringAt(object, 'lastTimestamp') || eventStart(object), now);
};

const eventStart = (object: JsonObject): string =>
  stringAt(object, 'firstTimestamp') || stringAt(object, 'deprecatedFirstTimestamp') || stringAt(object, 'eventTime');

export const eventFirstSeen = (object: JsonObject, now: number): string => since(eventStart(object), now);

/** core/v1 calls it `involvedObject`, events.k8s.io/v1 `regarding`. */
const eventObject = (object: JsonObject): JsonObject => ({
  ...objectAt(object, 'involvedObject'),
  ...objectAt(object, 'regarding'),
});

export function eventTarget(object: JsonObject): string {
  const { kind, name } = eventObject(object);
  return [String(kind ?? '').toLowerCase(), name].filter(Boolean).join('/');
}

export const eventSubobject = (object: JsonObject): string => stringAt(eventObject(object), 'fieldPath');

export function eventSource(object: JsonObject): string {
  const source = objectAt(object, 'source');
  const component =
    stringAt(source, 'component') || stringAt(object, 'reportingComponent') || stringAt(object, 'reportingController');
  const host = stringAt(source, 'host') || stringAt(object, 'reportingInstance');
  return host ? `${component}, ${host}` : component;
}

export const eventMessage = (object: JsonObject): string =>
  (stringAt(object, 'message') || stringAt(object, 'note')).trim();

export const eventCount = (object: JsonObject): JsonValue =>
  numberOrZero(objectAt(object, 'series'), 'count') || numberOrZero(object, 'count') || 1;
