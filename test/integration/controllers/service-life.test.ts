/** A LoadBalancer Service from its first address to the address's next use. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NbRows, nbDatabase } from '../../../src/ovsdb/generated/ovn-nb.ts';
import { Operations } from '../../../src/ovsdb/operations.ts';
import { endpointsType, namespaceType, serviceType } from '../../../src/resources/builtin/core.ts';
import { backendKind } from '../../../src/resources/envoy-gateway/backend.ts';
import { eipKind } from '../../../src/resources/kube-dc/eip.ts';
import { ovnEipKind } from '../../../src/resources/kubeovn/ovn-eip.ts';
import { vpcKind } from '../../../src/resources/kubeovn/vpc.ts';
import { serviceAnnotations } from '../../../src/resources/names.ts';
import { DataCenter } from '../../servers/data-center.ts';
import { until } from '../../until.ts';

import { applyProject, eip, endpointSlice, project, service } from './scenario.ts';

let dataCenter: DataCenter;
const operations = new Operations<NbRows>(nbDatabase);

beforeAll(async () => {
  dataCenter = await DataCenter.start();
  await dataCenter.startControllers();
  await applyProject(dataCenter);
});
afterAll(async () => {
  expect(dataCenter?.errors).toEqual([]);
  await dataCenter?.[Symbol.asyncDispose]();
});

const loadBalancers = () => [...dataCenter.northbound.table('Load_Balancer').rows.values()];
const vips = () => Object.assign({}, ...loadBalancers().map(row => row.vips)) as Readonly<Record<string, string>>;
const withBackend = { [serviceAnnotations.createBackend[0]]: 'true' };

const addressOf = async (name: string): Promise<string> => {
  const ready = await dataCenter.whenReady(serviceType, `shalb-demo/${name}`);
  return ready.status?.loadBalancer?.ingress?.[0]?.ip ?? '';
};

it('lives, changes and goes without a trace, and its address is given again', async () => {
  await dataCenter.apply(service('shalb-demo', 'web', withBackend), endpointSlice('shalb-demo', 'web', ['10.0.10.5']));
  const address = await addressOf('web');
  const [automatic] = (await dataCenter.client.list(eipKind.type, { labelSelector: 'kube-dc.com/source-service=web' }))
    .items;
  expect(automatic?.metadata.name).toMatch(/^slb-web-[b-z2-9]{5}$/);
  expect(vips()).toEqual({ [`${address}:80`]: '10.0.10.5:80' });

  await dataCenter.apply(endpointSlice('shalb-demo', 'web', ['10.0.10.6', '10.0.10.5']));
  await until('both backends are there', () => vips()[`${address}:80`] === '10.0.10.5:80,10.0.10.6:80');
  await dataCenter.delete(endpointSlice('shalb-demo', 'web', []));
  await until('no backend is left', () => vips()[`${address}:80`] === '');

  await dataCenter.delete(service('shalb-demo', 'web'));
  await dataCenter.whenGone(serviceType, 'shalb-demo/web-ext');
  await dataCenter.whenGone(endpointsType, 'shalb-demo/web-ext');
  await dataCenter.whenGone(backendKind.type, 'shalb-demo/web-backend');
  await dataCenter.whenGone(eipKind.type, `shalb-demo/${automatic?.metadata.name}`);
  await dataCenter.whenGone(ovnEipKind.type, `eip-${automatic?.metadata.name}`);
  await until('its rows are gone', () => loadBalancers().length === 0);

  await dataCenter.apply(eip('shalb-demo', 'again', { ipAddress: address }));
  await dataCenter.whenReady(eipKind.type, 'shalb-demo/again');
  await dataCenter.delete(eip('shalb-demo', 'again'));
});

it('changes its protocol: the old load balancer retires, the new one takes its place', async () => {
  const ports = (protocol: string) => [{ name: '', port: 53, protocol: protocol as 'TCP' | 'UDP' }];
  const dns = (protocol: string) => service('shalb-demo', 'dns', {}, { ports: [{ port: 53, protocol }] });
  await dataCenter.apply(dns('TCP'), endpointSlice('shalb-demo', 'dns', ['10.0.10.5'], ports('TCP')));
  await addressOf('dns');
  await dataCenter.client.patch(
    serviceType,
    { namespace: 'shalb-demo', name: 'dns' },
    { type: 'json', body: [{ op: 'replace', path: '/spec/ports', value: [{ port: 53, protocol: 'UDP' }] }] },
  );
  await dataCenter.apply(endpointSlice('shalb-demo', 'dns', ['10.0.10.5'], ports('UDP')));
  await until(
    'only UDP is left',
    () =>
      loadBalancers()
        .map(row => row.protocol)
        .join() === 'udp',
  );
  await addressOf('dns');
  await dataCenter.delete(dns('UDP'));
  await until('its rows are gone', () => loadBalancers().length === 0);
});

it('leaves nothing when it is no LoadBalancer any more, and comes back when it is', async () => {
  const web = service('shalb-demo', 'turncoat', withBackend);
  await dataCenter.apply(web, endpointSlice('shalb-demo', 'turncoat', ['10.0.10.5']));
  await addressOf('turncoat');
  await dataCenter.apply({ ...web, spec: { ...web.spec, type: 'ClusterIP' } } as typeof web);
  await dataCenter.whenGone(serviceType, 'shalb-demo/turncoat-ext');
  await dataCenter.when(
    serviceType,
    'shalb-demo/turncoat',
    held => !held.status?.loadBalancer?.ingress && !held.status?.conditions?.length,
    'has neither address nor condition',
  );
  await until('its rows are gone', () => loadBalancers().length === 0);
  await dataCenter.apply(web);
  await addressOf('turncoat');
  await dataCenter.delete(web);
});

it('moves to another EIp when its annotation does, and its own goes', async () => {
  await dataCenter.apply(service('shalb-demo', 'mover'), endpointSlice('shalb-demo', 'mover', ['10.0.10.5']));
  const before = await addressOf('mover');
  await dataCenter.apply(service('shalb-demo', 'mover', { [serviceAnnotations.bindOnDefaultGatewayEip]: 'true' }));
  await dataCenter.when(
    serviceType,
    'shalb-demo/mover',
    held => held.status?.loadBalancer?.ingress?.[0]?.ip === '100.65.0.102',
    'has the address of the gateway',
  );
  await until('only the new address answers', () => Object.keys(vips()).join() === '100.65.0.102:80');
  await until('its own EIp is gone', async () => {
    const { items } = await dataCenter.client.list(eipKind.type, { namespace: 'shalb-demo' });
    return items.every(item => item.status?.ipAddress !== before);
  });
  await dataCenter.delete(service('shalb-demo', 'mover'));
});

it('keeps the EIp that it is bound to from vanishing', async () => {
  await dataCenter.apply(eip('shalb-demo', 'held'), endpointSlice('shalb-demo', 'user', ['10.0.10.5']));
  await dataCenter.apply(service('shalb-demo', 'user', { [serviceAnnotations.bindOnEip]: 'held' }));
  const address = await addressOf('user');
  await dataCenter.delete(eip('shalb-demo', 'held'));
  await dataCenter.when(eipKind.type, 'shalb-demo/held', held => held.metadata.deletionTimestamp !== undefined);
  expect(await addressOf('user')).toBe(address);
  await dataCenter.delete(service('shalb-demo', 'user'));
  await dataCenter.whenGone(eipKind.type, 'shalb-demo/held');
  await dataCenter.whenGone(ovnEipKind.type, 'eip-held');
});

it('never gets an address that something in OVN answers for', async () => {
  const inUse = '100.65.0.222';
  const insert = operations.insert('Load_Balancer', { name: 'by-hand', vips: { [`${inUse}:80`]: '' } }, 'row');
  await dataCenter.northbound.transact([insert]);
  await dataCenter.stopControllers();
  await dataCenter.startControllers();
  await dataCenter.apply(eip('shalb-demo', 'unlucky', { ipAddress: inUse }));
  await dataCenter.whenNotReady(eipKind.type, 'shalb-demo/unlucky', 'AddressTaken');
  await dataCenter.northbound.transact([operations.delete('Load_Balancer', [['name', '==', 'by-hand']])]);
  await dataCenter.whenReady(eipKind.type, 'shalb-demo/unlucky');
  await dataCenter.delete(eip('shalb-demo', 'unlucky'));
});

it('keeps its address when the OvnEip that holds it is deleted by hand', async () => {
  await dataCenter.apply(eip('shalb-demo', 'stable'));
  const { status } = await dataCenter.whenReady(eipKind.type, 'shalb-demo/stable');
  const before = await dataCenter.client.get(ovnEipKind.type, { name: 'eip-stable' });
  await dataCenter.delete(before);
  const after = await dataCenter.when(ovnEipKind.type, 'eip-stable', held => held.metadata.uid !== before.metadata.uid);
  expect(after.spec).toEqual(before.spec);
  expect((await dataCenter.whenReady(eipKind.type, 'shalb-demo/stable')).status?.ipAddress).toBe(status?.ipAddress);
  const moved = dataCenter.client.patch(ovnEipKind.type, after.metadata, {
    type: 'merge',
    body: { spec: { v4Ip: '100.65.0.199' } },
  });
  await expect(moved).rejects.toThrow('v4Ip cannot change once it is set');
  await dataCenter.delete(eip('shalb-demo', 'stable'));
});

it('goes with its Project, rows and all', async () => {
  await dataCenter.apply(project('shalb', 'brief', '10.4.0.0/24'));
  await dataCenter.whenReady(eipKind.type, 'shalb-brief/default-gw');
  await dataCenter.apply(service('shalb-brief', 'web'), endpointSlice('shalb-brief', 'web', ['10.4.0.5']));
  await dataCenter.whenReady(serviceType, 'shalb-brief/web');
  await dataCenter.delete(project('shalb', 'brief', '10.4.0.0/24'));
  await dataCenter.whenGone(namespaceType, 'shalb-brief');
  await dataCenter.whenGone(vpcKind.type, 'shalb-brief');
  await dataCenter.whenGone(ovnEipKind.type, 'shalb-brief-ext-cloud');
  const owned = (table: 'Logical_Router' | 'Logical_Switch' | 'Load_Balancer' | 'Load_Balancer_Group') =>
    [...dataCenter.northbound.table(table).rows.values()].filter(row => row.name.includes('shalb-brief'));
  await until('no row is left', () =>
    (['Logical_Router', 'Logical_Switch', 'Load_Balancer', 'Load_Balancer_Group'] as const).every(
      table => owned(table).length === 0,
    ),
  );
});
