import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../types.ts';
import { columnsOf } from './columns.ts';
import { customColumns } from './custom-columns.ts';
import { humanDuration } from './duration.ts';
import { parseJsonPath } from './json-path.ts';
import { toTable } from './table.ts';

const now = Date.parse('2026-01-02T00:00:00Z');
const metadata = { name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' };

/** Column name → cell. */
function row(group: string, kind: string, object: JsonObject): { [column: string]: JsonValue } {
  const full = { metadata, ...object };
  return Object.fromEntries(
    columnsOf({ group, version: 'v1', kind }).map(column => [column.name, column.cell(full, now)]),
  );
}

describe('built-in kinds', () => {
  const running = { ready: true, restartCount: 0, state: { running: {} } };
  const terminated = (more: JsonObject): JsonObject => ({ ready: false, restartCount: 0, state: { terminated: more } });
  const two = { containers: [{ name: 'a' }, { name: 'b' }] };

  test.each<[string, JsonObject, JsonObject]>([
    [
      'a new pod',
      { spec: two, status: { phase: 'Pending' } },
      { Ready: '0/2', Status: 'Pending', Restarts: '0', Age: '24h', IP: '<none>', Node: '<none>' },
    ],
    [
      'a running pod',
      {
        spec: { ...two, nodeName: 'n' },
        status: { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }], containerStatuses: [running, running] },
      },
      { Ready: '2/2', Status: 'Running', IP: '10.0.0.1', Node: 'n' },
    ],
    [
      'a crashing pod',
      {
        spec: two,
        status: {
          phase: 'Running',
          containerStatuses: [
            {
              ready: false,
              restartCount: 3,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated: { finishedAt: '2026-01-01T23:58:00Z' } },
            },
            running,
          ],
        },
      },
      { Ready: '1/2', Status: 'CrashLoopBackOff', Restarts: '3 (2m ago)' },
    ],
    [
      'a finished pod',
      {
        spec: two,
        status: { phase: 'Succeeded', containerStatuses: [terminated({ reason: 'Completed', exitCode: 0 })] },
      },
      { Status: 'Completed' },
    ],
    [
      'a failed pod',
      { spec: two, status: { phase: 'Failed', containerStatuses: [terminated({ exitCode: 2 })] } },
      { Status: 'ExitCode:2' },
    ],
    [
      'a pod that is deleted',
      { metadata: { ...metadata, deletionTimestamp: 'x' }, spec: two, status: { phase: 'Running' } },
      { Status: 'Terminating' },
    ],
    [
      'a pod that initialises',
      {
        spec: { ...two, initContainers: [{ name: 'i' }, { name: 'j' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [terminated({ exitCode: 0 }), { state: { running: {} }, restartCount: 0 }],
        },
      },
      { Status: 'Init:1/2' },
    ],
    [
      'a pod whose init container fails',
      {
        spec: { ...two, initContainers: [{ name: 'i' }] },
        status: { phase: 'Pending', initContainerStatuses: [terminated({ exitCode: 1, reason: 'Error' })] },
      },
      { Status: 'Init:Error' },
    ],
    [
      'a pod with a sidecar',
      {
        spec: { containers: [{ name: 'a' }], initContainers: [{ name: 's', restartPolicy: 'Always' }] },
        status: {
          phase: 'Running',
          initContainerStatuses: [{ ...running, name: 's', started: true }],
          containerStatuses: [running],
        },
      },
      { Ready: '2/2', Status: 'Running' },
    ],
    ['an evicted pod', { spec: two, status: { phase: 'Failed', reason: 'Evicted' } }, { Status: 'Evicted' }],
  ])('%s', (_, pod, expected) => {
    expect(row('', 'Pod', pod)).toMatchObject(expected);
  });

  test.each<[string, string, JsonObject, JsonObject]>([
    [
      '',
      'Service',
      {
        spec: {
          type: 'LoadBalancer',
          clusterIP: '10.96.0.1',
          clusterIPs: ['10.96.0.1'],
          selector: { b: '2', a: '1' },
          ports: [
            { port: 80, nodePort: 30080, protocol: 'TCP' },
            { port: 53, protocol: 'UDP' },
          ],
        },
      },
      {
        Name: 'x',
        Type: 'LoadBalancer',
        'Cluster-IP': '10.96.0.1',
        'External-IP': '<pending>',
        'Port(s)': '80:30080/TCP,53/UDP',
        Age: '24h',
        Selector: 'a=1,b=2',
      },
    ],
    [
      '',
      'Service',
      {
        spec: { type: 'LoadBalancer' },
        status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'lb' }] } },
      },
      { 'External-IP': '1.2.3.4,lb', 'Cluster-IP': '<none>', 'Port(s)': '<none>', Selector: '<none>' },
    ],
    [
      '',
      'Service',
      { spec: { type: 'ClusterIP', clusterIP: 'None' } },
      { 'Cluster-IP': 'None', 'External-IP': '<none>' },
    ],
    [
      '',
      'Node',
      {
        metadata: { ...metadata, labels: { 'node-role.kubernetes.io/control-plane': '' } },
        spec: { unschedulable: true },
        status: {
          conditions: [{ type: 'Ready', status: 'True' }],
          nodeInfo: { kubeletVersion: 'v1.35.0' },
          addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
        },
      },
      {
        Status: 'Ready,SchedulingDisabled',
        Roles: 'control-plane',
        Version: 'v1.35.0',
        'Internal-IP': '10.0.0.1',
        'External-IP': '<none>',
        'OS-Image': '<unknown>',
      },
    ],
    [
      'apps',
      'Deployment',
      {
        spec: {
          replicas: 3,
          selector: {
            matchLabels: { app: 'web' },
            matchExpressions: [{ key: 't', operator: 'In', values: ['b', 'a'] }],
          },
          template: {
            spec: {
              containers: [
                { name: 'a', image: 'x' },
                { name: 'b', image: 'y' },
              ],
            },
          },
        },
        status: { readyReplicas: 2, updatedReplicas: 3 },
      },
      { Ready: '2/3', 'Up-to-date': 3, Available: 0, Containers: 'a,b', Images: 'x,y', Selector: 'app=web,t in (a,b)' },
    ],
    [
      'apps',
      'ReplicaSet',
      { spec: { replicas: 3 }, status: { replicas: 2 } },
      { Desired: 3, Current: 2, Ready: 0, Selector: '<none>' },
    ],
    [
      'apps',
      'DaemonSet',
      { status: { desiredNumberScheduled: 2, numberReady: 1 } },
      { Desired: 2, Ready: 1, 'Node Selector': '<none>' },
    ],
    [
      '',
      'Endpoints',
      { subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], ports: [{ port: 80 }, { port: 443 }] }] },
      { Endpoints: '10.0.0.1:80,[fd00::1]:80,10.0.0.1:443 + 1 more...' },
    ],
    ['', 'Endpoints', {}, { Endpoints: '<none>' }],
    [
      'discovery.k8s.io',
      'EndpointSlice',
      {
        addressType: 'IPv4',
        ports: [{ port: 80 }],
        endpoints: [{ addresses: ['10.0.0.1'] }, { addresses: ['10.0.0.2'] }],
      },
      { AddressType: 'IPv4', Ports: '80', Endpoints: '10.0.0.1,10.0.0.2' },
    ],
    ['', 'Namespace', { status: { phase: 'Active' } }, { Status: 'Active' }],
    ['', 'Secret', { type: 'Opaque', data: { a: '', b: '' } }, { Type: 'Opaque', Data: 2 }],
    ['', 'ConfigMap', { data: { a: '' }, binaryData: { b: '' } }, { Data: 2 }],
    ['coordination.k8s.io', 'Lease', { spec: { holderIdentity: 'me' } }, { Holder: 'me' }],
    ['', 'ServiceAccount', {}, { Name: 'x', Age: '24h' }],
    ['apiextensions.k8s.io', 'CustomResourceDefinition', {}, { Name: 'x', 'Created At': '2026-01-01T00:00:00Z' }],
    [
      '',
      'Event',
      {
        involvedObject: { kind: 'Pod', name: 'p' },
        lastTimestamp: '2026-01-01T23:59:00Z',
        type: 'Normal',
        reason: 'Started',
        message: ' up ',
        source: { component: 'kubelet', host: 'n' },
        count: 2,
      },
      {
        'Last Seen': '60s',
        Type: 'Normal',
        Reason: 'Started',
        Object: 'pod/p',
        Message: 'up',
        Source: 'kubelet, n',
        Count: 2,
      },
    ],
    [
      'events.k8s.io',
      'Event',
      { regarding: { kind: 'Pod', name: 'p' }, eventTime: '2026-01-01T23:59:00.000000Z', note: 'up' },
      { 'Last Seen': '60s', Object: 'pod/p', Message: 'up', Count: 1 },
    ],
    [
      'batch',
      'Job',
      { spec: { completions: 2 }, status: { succeeded: 1, startTime: '2026-01-01T23:55:00Z' } },
      { Status: 'Running', Completions: '1/2', Duration: '5m' },
    ],
  ])('%s/%s: %j', (group, kind, object, expected) => {
    expect(row(group, kind, object)).toMatchObject(expected);
  });

  test('hide what only -o wide shows', () => {
    const always = columnsOf({ group: '', version: 'v1', kind: 'Pod' }).filter(({ priority }) => priority === 0);
    expect(always.map(({ name }) => name)).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age']);
  });
});

describe('custom columns', () => {
  const object = {
    metadata: { ...metadata, labels: { 'app.kubernetes.io/name': 'web' } },
    spec: { size: 3, list: ['a', 'b'], on: true, at: '2026-01-01T23:59:00Z', nested: { a: 1 } },
    status: {
      conditions: [
        { type: 'Synced', status: 'False' },
        { type: 'Ready', status: 'True', n: 2 },
      ],
    },
  };

  test.each<[string, string, JsonValue]>([
    ['string', '.spec.size', '3'],
    ['string', '.spec.nested', '{"a":1}'],
    ['string', '.spec.list[1]', 'b'],
    ['string', '.spec.list[*]', 'a'],
    ['string', '.status.conditions[?(@.type=="Ready")].status', 'True'],
    ['string', ".status.conditions[?(@.type == 'Synced')].status", 'False'],
    ['string', '.metadata.labels.app\\.kubernetes\\.io/name', 'web'],
    ['string', ".metadata.labels['app.kubernetes.io/name']", 'web'],
    ['integer', '.spec.size', 3],
    ['integer', '.spec.at', null],
    ['boolean', '.spec.on', true],
    ['date', '.spec.at', '60s'],
    ['string', '.spec.missing.deeper', null],
  ])('%s %s', (type, jsonPath, expected) => {
    const [, column] = customColumns([{ name: 'C', type, jsonPath }]);
    expect(column?.cell(object, now)).toBe(expected);
  });

  test('are the name and the age where a CRD has none', () => {
    expect(customColumns(undefined).map(({ name, cell }) => [name, cell(object, now)])).toEqual([
      ['Name', 'x'],
      ['Age', '24h'],
    ]);
  });
});

describe('JSONPath', () => {
  test.each<[string, JsonValue[]]>([
    ['{.items[*].n}', [1, 2, 3]],
    ['$.items[0].n', [1]],
    ['.items[-1].n', [3]],
    ['.items[?(@.n>1)].n', [2, 3]],
    ['.items[?(@.n<=1)].n', [1]],
    ['.items[?(@.flag)].n', [2]],
    ['.items[?(@.flag!=false)].n', [2]],
    ['.items[?(@.deep.a==true)].n', [3]],
  ])('%s', (path, expected) => {
    const value = { items: [{ n: 1 }, { n: 2, flag: true }, { n: 3, deep: { a: true } }] };
    expect(parseJsonPath(path)(value)).toEqual(expected);
  });

  test.each(['spec', '.a..b', '.a[', '.a[?(x)]', '.a[?(@.b==c)]'])('%s is refused', path => {
    expect(() => parseJsonPath(path)).toThrow(SyntaxError);
  });
});

test.each([
  [-5, '<invalid>'],
  [-1, '0s'],
  [119, '119s'],
  [120, '2m'],
  [310, '5m10s'],
  [3600, '60m'],
  [4 * 3600 + 60, '4h1m'],
  [30 * 3600, '30h'],
  [75 * 3600, '3d3h'],
  [100 * 86400, '100d'],
  [800 * 86400, '2y70d'],
  [4000 * 86400, '10y'],
])('%d s reads %s', (seconds, expected) => {
  expect(humanDuration(seconds * 1000)).toBe(expected);
});

test('a table has its columns, its cells and as much of each object as was asked for', () => {
  const columns = columnsOf({ group: '', version: 'v1', kind: 'ServiceAccount' });
  const request = { columns, objects: [{ metadata, secrets: [] }], listMeta: { resourceVersion: '7' }, now };
  const table = toTable({ ...request, include: 'Metadata' });
  expect(table).toMatchObject({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '7' },
    columnDefinitions: [{ name: 'Name', type: 'string', format: 'name', priority: 0 }, { name: 'Age' }],
    rows: [{ cells: ['x', '24h'], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } }],
  });
  expect(toTable({ ...request, include: 'Object' })).toMatchObject({ rows: [{ object: { metadata, secrets: [] } }] });
  expect(toTable({ ...request, include: 'None' }).rows).toEqual([{ cells: ['x', '24h'] }]);
});
