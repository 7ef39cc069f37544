import { describe, expect, it } from 'vitest';
import type { Endpoints, Pod, Service } from './core-kinds.ts';
import { buildEndpointSlices, buildEndpoints, isMirrored, mirrorEndpoints } from './endpoint-slices.ts';
import { aPod, aRunningPod } from './fixtures.ts';

const aService = (spec: Partial<Service['spec']> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', uid: 'service', labels: { team: 'x' } },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
});

const listening = (port: number) => ({
  containers: [{ name: 'main', ports: [{ name: 'http', containerPort: port }] }],
});

const leaving = (pod: Pod): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
});

const conditionsOf = (service: Service, pod: Pod) => buildEndpointSlices(service, [pod])[0]?.endpoints?.[0]?.conditions;

describe('the slices of a Service', () => {
  it('name their Service, their manager and the pod and node behind each address', () => {
    const [slice] = buildEndpointSlices(aService(), [aRunningPod('a', '10.0.0.1')]);
    expect(slice).toMatchObject({
      metadata: {
        namespace: 'shop',
        labels: {
          team: 'x',
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Service', uid: 'service', controller: true }],
      },
      addressType: 'IPv4',
      ports: [{ name: '', port: 80, protocol: 'TCP' }],
      endpoints: [
        {
          addresses: ['10.0.0.1'],
          nodeName: 'node-1',
          targetRef: { kind: 'Pod', namespace: 'shop', name: 'a', uid: 'uid-a' },
        },
      ],
    });
  });

  it('have names of their own, however long and alike those of their Services are', () => {
    const named = (end: string): Service => {
      const service = aService();
      return { ...service, metadata: { ...service.metadata, name: `${'a'.repeat(60)}-${end}` } };
    };
    const [one, other] = ['b', 'c'].map(end => buildEndpointSlices(named(end), [])[0]?.metadata.name);
    expect(one).not.toBe(other);
  });

  it.each([
    ['ready', aRunningPod('a', '10.0.0.1'), { ready: true, serving: true, terminating: false }],
    ['not ready', aRunningPod('a', '10.0.0.1', false), { ready: false, serving: false, terminating: false }],
    ['leaving', leaving(aRunningPod('a', '10.0.0.1')), { ready: false, serving: true, terminating: true }],
  ])('say of a pod that is %s what it is good for', (_, pod, conditions) => {
    expect(conditionsOf(aService(), pod)).toEqual(conditions);
  });

  it('call every pod ready where the Service publishes those that are not', () => {
    const pod = aRunningPod('a', '10.0.0.1', false);
    expect(conditionsOf(aService({ publishNotReadyAddresses: true }), pod)).toMatchObject({
      ready: true,
      serving: true,
    });
  });

  it('leave out pods without an address, and those that have ended', () => {
    const ended = { ...aRunningPod('b', '10.0.0.2'), status: { phase: 'Succeeded', podIP: '10.0.0.2' } };
    expect(buildEndpointSlices(aService(), [aPod('a'), ended]).flatMap(slice => slice.endpoints)).toEqual([]);
  });

  it('are one for each way in which a named port resolves', () => {
    const service = aService({ ports: [{ name: 'web', port: 80, targetPort: 'http' }] });
    const pods = [
      aRunningPod('a', '10.0.0.1', true, listening(8080)),
      aRunningPod('b', '10.0.0.2', true, listening(9090)),
      aRunningPod('c', '10.0.0.3', true, listening(8080)),
      aRunningPod('d', '10.0.0.4'),
    ];
    const found = buildEndpointSlices(service, pods).map(slice => [
      slice.ports?.[0]?.port,
      slice.endpoints?.flatMap(endpoint => endpoint.addresses),
    ]);
    expect(found).toEqual([
      [8080, ['10.0.0.1', '10.0.0.3']],
      [9090, ['10.0.0.2']],
      [undefined, ['10.0.0.4']],
    ]);
  });

  it('keep their names while pods come and go', () => {
    const name = (pods: Pod[]) => buildEndpointSlices(aService(), pods)[0]?.metadata.name;
    expect(name([aRunningPod('a', '10.0.0.1')])).toBe(
      name([aRunningPod('b', '10.0.0.2'), aRunningPod('c', '10.0.0.3')]),
    );
  });

  it('hold a hundred endpoints each', () => {
    const pods = Array.from({ length: 230 }, (_, index) =>
      aRunningPod(`p${index}`, `10.0.${index >> 8}.${index & 255}`),
    );
    const slices = buildEndpointSlices(aService(), pods);
    expect(slices.map(slice => slice.endpoints?.length)).toEqual([100, 100, 30]);
    expect(new Set(slices.map(slice => slice.metadata.name)).size).toBe(3);
  });

  it('are one per family the Service is served in', () => {
    const pod = aRunningPod('a', '10.0.0.1');
    const dual = { ...pod, status: { ...pod.status, podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] } };
    const slices = buildEndpointSlices(aService({ ipFamilies: ['IPv4', 'IPv6'] }), [dual]);
    expect(slices.map(slice => [slice.addressType, slice.endpoints?.[0]?.addresses])).toEqual([
      ['IPv4', ['10.0.0.1']],
      ['IPv6', ['fd00::1']],
    ]);
  });

  it('give a hostname only to pods of the Service that is their subdomain', () => {
    const pods = [
      aRunningPod('a', '10.0.0.1', true, { hostname: 'first', subdomain: 'web' }),
      aRunningPod('b', '10.0.0.2', true, { hostname: 'second', subdomain: 'other' }),
    ];
    const [slice] = buildEndpointSlices(aService({ clusterIP: 'None' }), pods);
    expect(slice?.endpoints?.map(endpoint => endpoint.hostname)).toEqual(['first', undefined]);
    expect(slice?.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '');
  });
});

describe('the Endpoints of a Service', () => {
  it('part ready from not ready addresses, and leave out pods that go', () => {
    const pods = [
      aRunningPod('a', '10.0.0.1'),
      aRunningPod('b', '10.0.0.2', false),
      leaving(aRunningPod('c', '10.0.0.3')),
    ];
    const { subsets } = buildEndpoints(aService(), pods);
    expect(subsets).toMatchObject([{ addresses: [{ ip: '10.0.0.1' }], notReadyAddresses: [{ ip: '10.0.0.2' }] }]);
    expect(subsets?.[0]?.notReadyAddresses).toHaveLength(1);
  });

  it('have no subsets without pods', () => {
    expect(buildEndpoints(aService(), [])).not.toHaveProperty('subsets');
  });
});

describe('hand-written Endpoints', () => {
  const manual: Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'web', namespace: 'shop', uid: 'endpoints' },
    subsets: [
      { addresses: [{ ip: '100.65.0.112' }], notReadyAddresses: [{ ip: '100.65.0.113' }], ports: [{ port: 80 }] },
      { addresses: [{ ip: 'fd00::1' }], ports: [{ port: 80 }] },
    ],
  };

  it('are mirrored for a Service without selector only', () => {
    const { selector: _, ...spec } = aService().spec;
    const bare: Service = { ...aService(), spec };
    expect(isMirrored(manual, bare)).toBe(true);
    expect(isMirrored(manual, aService())).toBe(false);
    expect(isMirrored(manual, undefined)).toBe(false);
    const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
    expect(isMirrored({ ...manual, metadata: { ...manual.metadata, labels } }, bare)).toBe(false);
  });

  it('become a slice per family, owned by them', () => {
    const slices = mirrorEndpoints(manual, aService());
    expect(slices).toMatchObject([
      {
        metadata: { ownerReferences: [{ kind: 'Endpoints', uid: 'endpoints' }] },
        addressType: 'IPv4',
        endpoints: [
          { addresses: ['100.65.0.112'], conditions: { ready: true } },
          { addresses: ['100.65.0.113'], conditions: { ready: false } },
        ],
      },
      { addressType: 'IPv6', endpoints: [{ addresses: ['fd00::1'] }] },
    ]);
  });
});
