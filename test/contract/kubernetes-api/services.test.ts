/** What the API makes of Services: https://kubernetes.io/docs/concepts/services-networking/service/ */
import { expect, it } from 'vitest';
import type { Answer, Body } from './client.ts';
import { at, onEveryServer } from './suite.ts';

onEveryServer(({ api, namespace }) => {
  const services = `/api/v1/namespaces/${namespace}/services`;
  const create = (name: string, spec: Body): Promise<Answer> =>
    api().post(services, { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });

  it('get an address and defaults', async () => {
    const { code, body } = await create('plain', {});
    expect(code).toBe(201);
    expect(at(body, 'spec.clusterIP')).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(body.spec).toMatchObject({
      type: 'ClusterIP',
      clusterIPs: [at(body, 'spec.clusterIP')],
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    });
    expect(body.status).toEqual({ loadBalancer: {} });
  });

  it('keep what they have been given when replaced without it', async () => {
    const created = await create('kept', { type: 'LoadBalancer' });
    const spec = { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 8080 }] };
    const { code, body } = await api().put(`${services}/kept`, { metadata: { name: 'kept' }, spec });
    expect(code).toBe(200);
    expect(at(body, 'spec.clusterIP')).toBe(at(created.body, 'spec.clusterIP'));
    expect(at(body, 'spec.ports.0.nodePort')).toBe(at(created.body, 'spec.ports.0.nodePort'));
  });

  it('get node ports by their type, and lose them with it', async () => {
    const { body } = await create('outside', { type: 'NodePort' });
    expect(at(body, 'spec.ports.0.nodePort')).toBeGreaterThanOrEqual(30_000);
    expect(at(body, 'spec.externalTrafficPolicy')).toBe('Cluster');
    const inside = await api().patch(`${services}/outside`, 'application/merge-patch+json', {
      spec: { type: 'ClusterIP' },
    });
    expect(at(inside.body, 'spec.ports.0.nodePort')).toBeUndefined();
    expect(at(inside.body, 'spec.externalTrafficPolicy')).toBeUndefined();
    const none = await create('none', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false });
    expect(at(none.body, 'spec.ports.0.nodePort')).toBeUndefined();
  });

  it('share neither address nor node port', async () => {
    const first = await create('first', { type: 'NodePort' });
    const address = await create('second', { clusterIP: at(first.body, 'spec.clusterIP') });
    expect(address.code).toBe(422);
    expect(address.body.message).toContain('provided IP is already allocated');
    const nodePort = at(first.body, 'spec.ports.0.nodePort');
    const port = await create('third', { type: 'NodePort', ports: [{ port: 80, nodePort }] });
    expect(port.code).toBe(422);
    expect(port.body.message).toContain(
      `spec.ports[0].nodePort: Invalid value: ${nodePort}: provided port is already allocated`,
    );
    await api().delete(`${services}/first`);
    expect((await create('fourth', { clusterIP: at(first.body, 'spec.clusterIP') })).code).toBe(201);
  });

  it('keep their address for life', async () => {
    await create('fixed', {});
    const { code, body } = await api().patch(`${services}/fixed`, 'application/merge-patch+json', {
      spec: { clusterIP: '10.99.99.99', clusterIPs: ['10.99.99.99'] },
    });
    expect(code).toBe(422);
    expect(body.message).toContain('may not change once set');
  });

  it('go without an address when headless or external', async () => {
    const headless = await create('headless', { clusterIP: 'None' });
    expect(at(headless.body, 'spec.clusterIP')).toBe('None');
    const external = await create('external', { type: 'ExternalName', externalName: 'example.com' });
    expect(external.code).toBe(201);
    expect(at(external.body, 'spec.clusterIP')).toBeUndefined();
  });

  it.each<[string, Body, string]>([
    ['no ports', { ports: [] }, 'spec.ports: Required value'],
    [
      'a port out of range',
      { ports: [{ port: 70_000 }] },
      'spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      'no port number',
      { ports: [{ name: 'web', targetPort: 80 }] },
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
    [
      'an unknown protocol',
      { ports: [{ port: 80, protocol: 'ICMP' }] },
      'spec.ports[0].protocol: Unsupported value: "ICMP"',
    ],
    ['unnamed ports', { ports: [{ port: 80 }, { port: 81, name: 'b' }] }, 'spec.ports[0].name: Required value'],
    [
      'two ports of a name',
      {
        ports: [
          { port: 80, name: 'a' },
          { port: 81, name: 'a' },
        ],
      },
      'spec.ports[1].name: Duplicate value: "a"',
    ],
    ['an unknown type', { type: 'Odd' }, 'spec.type: Unsupported value: "Odd"'],
    ['an external name missing', { type: 'ExternalName' }, 'spec.externalName: Required value'],
    [
      'a node port out of range',
      { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      'provided port is not in the valid range',
    ],
    [
      'an address out of range',
      { clusterIP: '1.2.3.4' },
      'failed to allocate IP 1.2.3.4: the provided network does not match the current range',
    ],
  ])('are refused with %s', async (_, spec, message) => {
    const { code, body } = await create('refused', spec);
    expect(code).toBe(422);
    expect(String(body.message)).toContain(message);
  });

  it('are told each fault once', async () => {
    const { body } = await create('faulty', {
      type: 'Odd',
      ports: [{ port: 70_000, targetPort: 1, protocol: 'ICMP' }],
    });
    expect((at(body, 'details.causes') as Body[]).map(({ field }) => field).sort()).toEqual([
      'spec.ports[0].port',
      'spec.ports[0].protocol',
      'spec.type',
    ]);
  });
});
