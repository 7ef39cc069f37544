/** The columns of built-in kinds, as `kubectl get` users know them. Kinds that are not here have a name and an age. */
import { arrayAt, isObject, objectAt, own, stringAt } from '../json.ts';
import type { Column, GroupVersionKind, JsonObject, JsonValue } from '../types.ts';
import * as cells from './cells.ts';
import { since } from './duration.ts';
import { parseJsonPath } from './json-path.ts';
import { podIp, podReady, podRestarts, podStatus, readinessGates } from './pod-cells.ts';
import { nameColumn } from './table.ts';

type Cell = Column['cell'];

const column = (name: string, cell: Cell, type: Column['type'] = 'string'): Column => ({
  name,
  type,
  format: '',
  description: '',
  priority: 0,
  cell,
});

const wide = (each: Column): Column => ({ ...each, priority: 1 });

/** The text at a path, or what stands for nothing. */
const at = (path: string, absent = ''): Cell => {
  const find = parseJsonPath(path);
  return object => {
    const [value] = find(object);
    return value === undefined || value === null || value === '' ? absent : printed(value);
  };
};

const printed = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

const text = (name: string, path: string, absent?: string): Column => column(name, at(path, absent));

/** A number at a path; absent is 0. */
const count = (name: string, path: string): Column => {
  const find = parseJsonPath(path);
  return column(name, object => find(object).find(value => typeof value === 'number') ?? 0, 'integer');
};

const flag = (name: string, path: string): Column => {
  const find = parseJsonPath(path);
  return column(name, object => find(object)[0] === true, 'boolean');
};

/** How many entries a list or map has. */
const size = (name: string, ...keys: string[]): Column =>
  column(name, object => keys.reduce((sum, key) => sum + sizeOf(own(object, key)), 0), 'integer');

const sizeOf = (value: JsonValue | undefined): number =>
  Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : 0;

const ratio = (name: string, part: string, whole: string): Column => {
  const [a, b] = [count('', part), count('', whole)];
  return column(name, (object, now) => `${a.cell(object, now)}/${b.cell(object, now)}`);
};

const age = (name = 'Age', path = '.metadata.creationTimestamp'): Column => {
  const find = parseJsonPath(path);
  return column(name, (object, now) => since(find(object)[0], now));
};

const joined = (name: string, path: string, absent = ''): Column => {
  const find = parseJsonPath(path);
  return column(name, object => find(object).map(printed).join(',') || absent);
};

const containers = [wide(column('Containers', cells.containerNames)), wide(column('Images', cells.containerImages))];
const selector = wide(column('Selector', object => cells.selector(objectAt(cells.spec(object), 'selector'))));

const reference = (object: JsonObject): string => `${stringAt(object, 'kind')}/${stringAt(object, 'name')}`;
const subjects =
  (kind: string): Cell =>
  object =>
    cells
      .objectsAt(object, 'subjects')
      .filter(subject => stringAt(subject, 'kind') === kind)
      .map(subject => [stringAt(subject, 'namespace'), stringAt(subject, 'name')].filter(Boolean).join('/'))
      .join(', ');
const bindingColumns = [
  column('Role', object => reference(objectAt(object, 'roleRef'))),
  age(),
  wide(column('Users', subjects('User'))),
  wide(column('Groups', subjects('Group'))),
  wide(column('ServiceAccounts', subjects('ServiceAccount'))),
];

const eventColumns = [
  column('Last Seen', cells.eventSeen),
  text('Type', '.type'),
  text('Reason', '.reason'),
  column('Object', cells.eventTarget),
  wide(column('Subobject', cells.eventSubobject)),
  wide(column('Source', cells.eventSource)),
  column('Message', cells.eventMessage),
  wide(column('First Seen', cells.eventFirstSeen)),
  wide(column('Count', cells.eventCount, 'integer')),
  wide(nameColumn),
];

const accessModes: { [mode: string]: string } = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
const modes = (part: 'spec' | 'status') =>
  column('Access Modes', object =>
    arrayAt(objectAt(object, part), 'accessModes')
      .map(mode => accessModes[String(mode)] ?? '')
      .join(','),
  );

/** By kind; a name column comes first unless the columns have one. */
const columns: { [kind: string]: readonly Column[] } = {
  Pod: [
    column('Ready', podReady),
    column('Status', podStatus),
    column('Restarts', podRestarts),
    age(),
    wide(column('IP', podIp)),
    wide(text('Node', '.spec.nodeName', cells.none)),
    wide(text('Nominated Node', '.status.nominatedNodeName', cells.none)),
    wide(column('Readiness Gates', readinessGates)),
  ],
  Service: [
    text('Type', '.spec.type'),
    column('Cluster-IP', cells.serviceClusterIp),
    column('External-IP', cells.serviceExternalIp),
    column('Port(s)', cells.servicePorts),
    age(),
    wide(column('Selector', object => cells.labels(objectAt(cells.spec(object), 'selector')))),
  ],
  Node: [
    column('Status', cells.nodeStatus),
    column('Roles', cells.nodeRoles),
    age(),
    text('Version', '.status.nodeInfo.kubeletVersion'),
    wide(column('Internal-IP', cells.nodeAddress('InternalIP'))),
    wide(column('External-IP', cells.nodeAddress('ExternalIP'))),
    wide(column('OS-Image', cells.nodeInfo('osImage'))),
    wide(column('Kernel-Version', cells.nodeInfo('kernelVersion'))),
    wide(column('Container-Runtime', cells.nodeInfo('containerRuntimeVersion'))),
  ],
  Deployment: [
    ratio('Ready', '.status.readyReplicas', '.spec.replicas'),
    count('Up-to-date', '.status.updatedReplicas'),
    count('Available', '.status.availableReplicas'),
    age(),
    ...containers,
    selector,
  ],
  ReplicaSet: [
    count('Desired', '.spec.replicas'),
    count('Current', '.status.replicas'),
    count('Ready', '.status.readyReplicas'),
    age(),
    ...containers,
    selector,
  ],
  DaemonSet: [
    count('Desired', '.status.desiredNumberScheduled'),
    count('Current', '.status.currentNumberScheduled'),
    count('Ready', '.status.numberReady'),
    count('Up-to-date', '.status.updatedNumberScheduled'),
    count('Available', '.status.numberAvailable'),
    column('Node Selector', object =>
      cells.labels(objectAt(objectAt(objectAt(cells.spec(object), 'template'), 'spec'), 'nodeSelector')),
    ),
    age(),
    ...containers,
    selector,
  ],
  StatefulSet: [ratio('Ready', '.status.readyReplicas', '.spec.replicas'), age(), ...containers],
  Job: [
    column('Status', cells.jobStatus),
    column('Completions', cells.jobCompletions),
    column('Duration', cells.jobDuration),
    age(),
    ...containers,
    selector,
  ],
  CronJob: [
    text('Schedule', '.spec.schedule'),
    text('Timezone', '.spec.timeZone', cells.none),
    flag('Suspend', '.spec.suspend'),
    column('Active', object => arrayAt(cells.status(object), 'active').length, 'integer'),
    column('Last Schedule', (object, now) => {
      const last = stringAt(cells.status(object), 'lastScheduleTime');
      return last ? since(last, now) : cells.none;
    }),
    age(),
  ],
  Namespace: [text('Status', '.status.phase'), age()],
  Event: eventColumns,
  Endpoints: [column('Endpoints', cells.endpoints), age()],
  EndpointSlice: [
    text('AddressType', '.addressType'),
    column('Ports', cells.slicePorts),
    column('Endpoints', cells.sliceEndpoints),
    age(),
  ],
  ConfigMap: [size('Data', 'data', 'binaryData'), age()],
  Secret: [text('Type', '.type'), size('Data', 'data'), age()],
  Lease: [text('Holder', '.spec.holderIdentity'), age()],
  CustomResourceDefinition: [text('Created At', '.metadata.creationTimestamp')],
  PersistentVolumeClaim: [
    text('Status', '.status.phase'),
    text('Volume', '.spec.volumeName'),
    text('Capacity', '.status.capacity.storage'),
    modes('status'),
    text('StorageClass', '.spec.storageClassName'),
    text('VolumeAttributesClass', '.spec.volumeAttributesClassName', '<unset>'),
    age(),
    wide(text('VolumeMode', '.spec.volumeMode', '<unset>')),
  ],
  PersistentVolume: [
    text('Capacity', '.spec.capacity.storage'),
    modes('spec'),
    text('Reclaim Policy', '.spec.persistentVolumeReclaimPolicy'),
    text('Status', '.status.phase'),
    column('Claim', object => {
      const claim = objectAt(cells.spec(object), 'claimRef');
      return [stringAt(claim, 'namespace'), stringAt(claim, 'name')].filter(Boolean).join('/');
    }),
    text('StorageClass', '.spec.storageClassName'),
    text('VolumeAttributesClass', '.spec.volumeAttributesClassName', '<unset>'),
    text('Reason', '.status.reason'),
    age(),
    wide(text('VolumeMode', '.spec.volumeMode', '<unset>')),
  ],
  StorageClass: [
    text('Provisioner', '.provisioner'),
    text('ReclaimPolicy', '.reclaimPolicy', 'Delete'),
    text('VolumeBindingMode', '.volumeBindingMode', 'Immediate'),
    flag('AllowVolumeExpansion', '.allowVolumeExpansion'),
    age(),
  ],
  Role: [text('Created At', '.metadata.creationTimestamp')],
  ClusterRole: [text('Created At', '.metadata.creationTimestamp')],
  RoleBinding: bindingColumns,
  ClusterRoleBinding: bindingColumns,
  Ingress: [
    text('Class', '.spec.ingressClassName', cells.none),
    joined('Hosts', '.spec.rules[*].host', '*'),
    column('Address', object => cells.ingressAddresses(object).join(',')),
    column('Ports', object => (arrayAt(cells.spec(object), 'tls').length > 0 ? '80, 443' : '80')),
    age(),
  ],
  IngressClass: [
    text('Controller', '.spec.controller'),
    column('Parameters', object => {
      const { kind, name, apiGroup } = objectAt(cells.spec(object), 'parameters');
      return name ? `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}` : cells.none;
    }),
    age(),
  ],
  NetworkPolicy: [column('Pod-Selector', object => cells.selector(objectAt(cells.spec(object), 'podSelector'))), age()],
  PodDisruptionBudget: [
    text('Min Available', '.spec.minAvailable', 'N/A'),
    text('Max Unavailable', '.spec.maxUnavailable', 'N/A'),
    count('Allowed Disruptions', '.status.disruptionsAllowed'),
    age(),
  ],
  HorizontalPodAutoscaler: [
    column('Reference', object => reference(objectAt(cells.spec(object), 'scaleTargetRef'))),
    text('MinPods', '.spec.minReplicas', '<unset>'),
    count('MaxPods', '.spec.maxReplicas'),
    count('Replicas', '.status.currentReplicas'),
    age(),
  ],
  PriorityClass: [
    count('Value', '.value'),
    flag('Global-Default', '.globalDefault'),
    age(),
    text('PreemptionPolicy', '.preemptionPolicy'),
  ],
  Scale: [count('Desired', '.spec.replicas'), count('Available', '.status.replicas'), age()],
};

/** The columns of a built-in kind, all its versions alike. */
export function columnsOf({ kind }: GroupVersionKind): readonly Column[] {
  const known = own(columns, kind) ?? [age()];
  return known.some(({ format }) => format === 'name') ? known : [nameColumn, ...known];
}
