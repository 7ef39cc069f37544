/** What a tenant may try, who can write everything in a namespace of theirs, and nothing outside. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { namespaceType, serviceType } from '../../../src/resources/builtin/core.ts';
import { eipKind } from '../../../src/resources/kube-dc/eip.ts';
import { projectKind } from '../../../src/resources/kube-dc/project.ts';
import { ovnEipKind } from '../../../src/resources/kubeovn/ovn-eip.ts';
import { subnetKind } from '../../../src/resources/kubeovn/subnet.ts';
import { vpcKind } from '../../../src/resources/kubeovn/vpc.ts';
import { serviceAnnotations } from '../../../src/resources/names.ts';
import { DataCenter, readyOf } from '../../servers/data-center.ts';
import { until } from '../../until.ts';

import { applyProject, eip, endpointSlice, namespace, project, service } from './scenario.ts';

const OWNER = 'kube-dc.com/owner';
let dataCenter: DataCenter;

beforeAll(async () => {
  dataCenter = await DataCenter.start();
  await dataCenter.startControllers();
  await applyProject(dataCenter);
  await dataCenter.apply(namespace('evil'), project('evil', 'corp', '10.66.0.0/24'));
  await dataCenter.whenReady(projectKind.type, 'evil/corp');
  await dataCenter.apply(service('shalb-demo', 'web'), endpointSlice('shalb-demo', 'web', ['10.0.10.5']));
  await dataCenter.whenReady(serviceType, 'shalb-demo/web');
});
afterAll(async () => {
  expect(dataCenter?.errors).toEqual([]);
  await dataCenter?.[Symbol.asyncDispose]();
});

const vipsOf = (owner: string) =>
  [...dataCenter.northbound.table('Load_Balancer').rows.values()]
    .filter(row => row.name.startsWith(`${owner}/`))
    .flatMap(row => Object.entries(row.vips));

/** What the victim has, versions included: nothing of it may be touched. */
const victim = async (): Promise<unknown> => {
  const inDemo = { namespace: 'shalb-demo' };
  const { client } = dataCenter;
  return {
    project: await client.get(projectKind.type, { namespace: 'shalb', name: 'demo' }),
    vpc: await client.get(vpcKind.type, { name: 'shalb-demo' }),
    eips: (await client.list(eipKind.type, inDemo)).items,
    services: (await client.list(serviceType, inDemo)).items,
    ovnEip: await client.get(ovnEipKind.type, { name: 'shalb-demo-ext-cloud' }),
    vips: vipsOf('shalb-demo'),
  };
};

it('an EIp that says another project owns it is only lost to its tenant', async () => {
  const before = await victim();
  await dataCenter.apply(eip('evil-corp', 'forged', {}, { [OWNER]: 'Project/shalb/demo' }));
  await dataCenter.whenGone(eipKind.type, 'evil-corp/forged');
  await dataCenter.idle();
  expect(await victim()).toEqual(before);
});

it('an EIp that says it belongs to what nobody reconciles stays as any other', async () => {
  await dataCenter.apply(eip('evil-corp', 'orphan', {}, { [OWNER]: 'Nonsense/x' }));
  await dataCenter.whenReady(eipKind.type, 'evil-corp/orphan');
  await dataCenter.delete(eip('evil-corp', 'orphan'));
});

it('an ownerReference to something of others changes nothing', async () => {
  const before = await victim();
  const { metadata } = await dataCenter.client.get(projectKind.type, { namespace: 'shalb', name: 'demo' });
  const forged = eip('evil-corp', 'child');
  await dataCenter.apply({
    ...forged,
    metadata: {
      ...forged.metadata,
      ownerReferences: [
        { apiVersion: 'kube-dc.com/v1', kind: 'Project', name: 'demo', uid: metadata.uid ?? '', controller: true },
      ],
    },
  });
  await dataCenter.idle();
  expect(await victim()).toEqual(before);
  await dataCenter.delete(forged).catch(() => undefined);
});

it.each(['shalb-demo/default-gw', '../shalb-demo/default-gw'])('a Service cannot name %s', async name => {
  await dataCenter.apply(service('evil-corp', 'thief', { [serviceAnnotations.bindOnEip]: name }));
  await dataCenter.whenNotReady(serviceType, 'evil-corp/thief', 'InvalidBinding');
  expect(vipsOf('evil-corp')).toEqual([]);
  await dataCenter.delete(service('evil-corp', 'thief'));
});

it('an EIp cannot point at an OvnEip of others, nor can a Service use it', async () => {
  await dataCenter.apply(endpointSlice('evil-corp', 'thief', ['10.66.0.5']));
  await dataCenter.apply(eip('evil-corp', 'thief', { childRef: 'shalb-demo-ext-cloud' }));
  await dataCenter.apply(service('evil-corp', 'thief', { [serviceAnnotations.bindOnEip]: 'thief' }));
  const { message } = await dataCenter.whenNotReady(eipKind.type, 'evil-corp/thief', 'ChildRefNotYours');
  expect(message).toMatch(/not handed over to it. Leave spec.childRef out/);
  await dataCenter.whenNotReady(serviceType, 'evil-corp/thief', 'AddressPending');
  expect(vipsOf('evil-corp')).toEqual([]);
  await dataCenter.delete(service('evil-corp', 'thief'), eip('evil-corp', 'thief'));
});

it('an address of others cannot be asked for, nor written into a status', async () => {
  await dataCenter.apply(endpointSlice('evil-corp', 'liar', ['10.66.0.5']));
  await dataCenter.apply(eip('evil-corp', 'liar', { ipAddress: '100.65.0.102' }));
  await dataCenter.apply(service('evil-corp', 'liar', { [serviceAnnotations.bindOnEip]: 'liar' }));
  await dataCenter.whenNotReady(eipKind.type, 'evil-corp/liar', 'AddressTaken');
  await dataCenter.client.patch(
    eipKind.type,
    { namespace: 'evil-corp', name: 'liar' },
    { type: 'merge', body: { status: { ipAddress: '100.65.0.102', ready: true } } },
    { subresource: 'status' },
  );
  await dataCenter.when(
    eipKind.type,
    'evil-corp/liar',
    held => held.status?.ipAddress === undefined,
    'tells the truth again',
  );
  await dataCenter.idle();
  expect(vipsOf('evil-corp')).toEqual([]);
  await dataCenter.delete(service('evil-corp', 'liar'), eip('evil-corp', 'liar'));
});

it('a Project whose name joins to an existing namespace gets nothing of it', async () => {
  await dataCenter.apply(namespace('kube'), project('kube', 'system', '10.67.0.0/24', { egressNetworkType: 'public' }));
  const { message } = await dataCenter.whenNotReady(projectKind.type, 'kube/system', 'NameTaken');
  expect(message).toMatch(/Namespace kube-system is needed here but exists already and belongs to somebody else/);
  expect(await dataCenter.find(vpcKind.type, 'kube-system')).toBeUndefined();
  expect(await dataCenter.find(subnetKind.type, 'kube-system-default')).toBeUndefined();

  // Nor does it say through which network the namespace's own Services are reached.
  await dataCenter.apply(
    service('kube-system', 'dashboard'),
    endpointSlice('kube-system', 'dashboard', ['10.100.0.9']),
  );
  const { status } = await dataCenter.whenReady(serviceType, 'kube-system/dashboard');
  expect(status?.loadBalancer?.ingress?.[0]?.ip).toMatch(/^100\.65\./);

  await dataCenter.delete(project('kube', 'system', '10.67.0.0/24'));
  await dataCenter.whenGone(projectKind.type, 'kube/system');
  await dataCenter.idle();
  expect(
    (await dataCenter.client.get(namespaceType, { name: 'kube-system' })).metadata.deletionTimestamp,
  ).toBeUndefined();
  await dataCenter.whenReady(serviceType, 'kube-system/dashboard');
  await dataCenter.delete(service('kube-system', 'dashboard'));
});

it("a Project whose name joins to an administrator's Vpc gets no part of it: one name taken, and nothing is made", async () => {
  await dataCenter.apply(namespace('ovn'), project('ovn', 'cluster', '10.69.0.0/24'));
  const { message } = await dataCenter.whenNotReady(projectKind.type, 'ovn/cluster', 'NameTaken');
  expect(message).toMatch(/Vpc ovn-cluster is needed here but exists already.*Use another name/);
  await dataCenter.idle();
  expect(await dataCenter.find(namespaceType, 'ovn-cluster')).toBeUndefined();
  expect(await dataCenter.find(subnetKind.type, 'ovn-cluster-default')).toBeUndefined();
  expect((await dataCenter.whenReady(vpcKind.type, 'ovn-cluster')).status?.subnets).toEqual(['join', 'ovn-default']);
  await dataCenter.delete(project('ovn', 'cluster', '10.69.0.0/24'));
});

it('a Project is as ready as the address it leaves with', async () => {
  const greedy = project('shalb', 'greedy', '10.70.0.0/24', { egressIpAddress: '100.65.0.102' });
  await dataCenter.apply(greedy);
  const taken = /EIp shalb-greedy\/default-gw.*100\.65\.0\.102 is in use already/;
  await dataCenter.when(projectKind.type, 'shalb/greedy', made => taken.test(readyOf(made)?.message ?? ''));
  await dataCenter.delete(greedy);
  await dataCenter.whenGone(namespaceType, 'shalb-greedy');
});

it('EIps of one name in two namespaces have an OvnEip and an address each, made at the same moment too', async () => {
  const names = ['twin-a', 'twin-b', 'twin-c'];
  await Promise.all(names.flatMap(name => ['evil-corp', 'shalb-demo'].map(of => dataCenter.apply(eip(of, name)))));
  for (const name of names) {
    const [ours, theirs] = await Promise.all(
      ['shalb-demo', 'evil-corp'].map(of => dataCenter.whenReady(eipKind.type, `${of}/${name}`)),
    );
    expect(ours?.status?.ipAddress).not.toBe(theirs?.status?.ipAddress);
    expect(ours?.status?.ovnEIpRef).not.toBe(theirs?.status?.ovnEIpRef);
    for (const held of [ours, theirs]) {
      const ovnEip = await dataCenter.client.get(ovnEipKind.type, { name: held?.status?.ovnEIpRef ?? '' });
      expect(ovnEip.metadata.annotations?.[OWNER]).toBe(`EIp/${held?.metadata.namespace}/${name}`);
      expect(ovnEip.spec.v4Ip).toBe(held?.status?.ipAddress);
    }
  }
  for (const name of names) await dataCenter.delete(eip('evil-corp', name), eip('shalb-demo', name));
});

it('an EIp cannot take the name of a gateway’s OvnEip before its Project is there', async () => {
  await dataCenter.apply(eip('evil-corp', 'bank-ext-cloud'));
  await dataCenter.whenReady(eipKind.type, 'evil-corp/bank-ext-cloud');
  await dataCenter.apply(namespace('eip'), project('eip', 'bank', '10.68.0.0/24'));
  await dataCenter.whenNotReady(projectKind.type, 'eip/bank', 'NameReserved');
  await dataCenter.delete(eip('evil-corp', 'bank-ext-cloud'), project('eip', 'bank', '10.68.0.0/24'));
});

it('an EIp of the name of one that just went does not get its address while that still answers', async () => {
  await dataCenter.apply(eip('shalb-demo', 'shared-name'), endpointSlice('shalb-demo', 'leaving', ['10.0.10.5']));
  await dataCenter.apply(service('shalb-demo', 'leaving', { [serviceAnnotations.bindOnEip]: 'shared-name' }));
  const { status } = await dataCenter.whenReady(serviceType, 'shalb-demo/leaving');
  const address = status?.loadBalancer?.ingress?.[0]?.ip;
  await dataCenter.delete(service('shalb-demo', 'leaving'), eip('shalb-demo', 'shared-name'));
  await dataCenter.whenGone(ovnEipKind.type, 'eip-shared-name');
  await dataCenter.apply(eip('evil-corp', 'shared-name'));
  const theirs = await dataCenter.whenReady(eipKind.type, 'evil-corp/shared-name');
  expect(theirs.status?.ipAddress).not.toBe(address);
  await dataCenter.delete(eip('evil-corp', 'shared-name'));
});

it('an EndpointSlice written by hand leads nowhere outside the VPC', async () => {
  const everywhere = ['10.0.10.5', '10.100.0.7', '172.30.0.2', '100.65.0.102', '169.254.169.254', '10.66.0.7'];
  await dataCenter.apply(
    endpointSlice('evil-corp', 'reach', everywhere),
    service('evil-corp', 'reach', {}, { selector: undefined }),
  );
  await dataCenter.whenReady(serviceType, 'evil-corp/reach');
  await until(
    'only the address in the VPC is a backend',
    () =>
      vipsOf('evil-corp')
        .map(([, to]) => to)
        .join() === '10.66.0.7:80',
  );
  await dataCenter.delete(service('evil-corp', 'reach'));
});

it('a default gateway that its tenant deletes is there again, with its address', async () => {
  const before = await dataCenter.client.get(eipKind.type, { namespace: 'evil-corp', name: 'default-gw' });
  await dataCenter.delete(eip('evil-corp', 'default-gw'));
  await dataCenter.when(
    eipKind.type,
    'evil-corp/default-gw',
    held => held.metadata.uid !== before.metadata.uid,
    'is another',
  );
  const after = await dataCenter.whenReady(eipKind.type, 'evil-corp/default-gw');
  expect(after.status?.ipAddress).toBe(before.status?.ipAddress);
  await dataCenter.whenReady(projectKind.type, 'evil/corp');
});

it('of all this the neighbour noticed nothing', async () => {
  await dataCenter.whenReady(projectKind.type, 'shalb/demo');
  await dataCenter.whenReady(serviceType, 'shalb-demo/web');
});
