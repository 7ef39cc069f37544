/** Addresses of two external networks in one VPC: Services, floating addresses and DNAT rules, their edits and quarrels. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { customResourceDefinitionType } from '../../../src/resources/builtin/apiextensions.ts';
import { serviceType } from '../../../src/resources/builtin/core.ts';
import { eipKind } from '../../../src/resources/kube-dc/eip.ts';
import { fipKind } from '../../../src/resources/kube-dc/fip.ts';
import { projectKind } from '../../../src/resources/kube-dc/project.ts';
import { ovnDnatRuleKind } from '../../../src/resources/kubeovn/ovn-dnat-rule.ts';
import { ovnEipKind } from '../../../src/resources/kubeovn/ovn-eip.ts';
import { ovnFipKind } from '../../../src/resources/kubeovn/ovn-fip.ts';
import { subnetKind } from '../../../src/resources/kubeovn/subnet.ts';
import { vpcKind } from '../../../src/resources/kubeovn/vpc.ts';
import { virtualMachineInstanceType } from '../../../src/resources/kubevirt/virtual-machine-instance.ts';
import type { KubeObject } from '../../../src/resources/meta.ts';
import { serviceAnnotations } from '../../../src/resources/names.ts';
import { DataCenter } from '../../servers/data-center.ts';
import { until } from '../../until.ts';

import { applyProject, eip, endpointSlice, project, service } from './scenario.ts';

let dataCenter: DataCenter;

beforeAll(async () => {
  dataCenter = await DataCenter.start();
  await dataCenter.startControllers();
  await applyProject(dataCenter);
  await dataCenter.apply(project('shalb', 'dev', '10.1.0.0/16', { egressNetworkType: 'public' }));
  await dataCenter.whenReady(projectKind.type, 'shalb/dev');
});
afterAll(async () => {
  expect(dataCenter?.errors).toEqual([]);
  await dataCenter?.[Symbol.asyncDispose]();
});

const policies = (): string[] =>
  [...dataCenter.northbound.table('Logical_Router_Policy').rows.values()].map(row => `${row.match} → ${row.nexthops}`);

const natRows = () => [...dataCenter.northbound.table('NAT').rows.values()];

const floating = (): string[] =>
  natRows()
    .filter(row => row.type === 'dnat_and_snat')
    .map(row => `${row.external_ip} ↔ ${row.logical_ip}`)
    .toSorted();

const addressSets = (): (readonly string[])[] =>
  [...dataCenter.northbound.table('Address_Set').rows.values()].map(row => row.addresses);

const see = (what: string, look: () => unknown, wanted: unknown): Promise<void> =>
  until(what, async () => JSON.stringify(look()) === JSON.stringify(wanted)).catch(() =>
    expect(look()).toEqual(wanted),
  );

const fip = (namespace: string, name: string, spec: Readonly<Record<string, unknown>>): KubeObject =>
  ({ apiVersion: 'kube-dc.com/v1', kind: 'FIp', metadata: { namespace, name }, spec }) as KubeObject;

const kubeOvn = (kind: string, name: string, spec: Readonly<Record<string, unknown>>): KubeObject =>
  ({ apiVersion: 'kubeovn.io/v1', kind, metadata: { name }, spec }) as KubeObject;

const publicWeb = () => service('shalb-demo', 'web', { [serviceAnnotations.bindOnEip]: 'public' });

it('a Service on the other network gets a reply policy, which endpoints come and go without touching', async () => {
  await dataCenter.apply(
    eip('shalb-demo', 'public', { externalNetworkType: 'public', ipAddress: '168.119.17.60' }),
    publicWeb(),
    endpointSlice('shalb-demo', 'web', ['10.0.10.5']),
  );
  await dataCenter.whenReady(serviceType, 'shalb-demo/web');
  await see('the backend', addressSets, [['10.0.10.5']]);
  const [policy] = dataCenter.northbound.table('Logical_Router_Policy').rows.values();
  expect(policy?.match).toMatch(
    /^ip4\.src == \$reply_\w+ && tcp\.src == 80 && ip4\.dst != \{10\.0\.10\.0\/24, 100\.65\.0\.0\/16, 168\.119\.17\.48\/28\}$/,
  );
  expect(policy?.nexthops).toEqual(['168.119.17.49']);
  await dataCenter.apply(endpointSlice('shalb-demo', 'web', ['10.0.10.6', '10.0.10.7']));
  await see('the backends', addressSets, [['10.0.10.6', '10.0.10.7']]);
  await dataCenter.delete(endpointSlice('shalb-demo', 'web', []));
  await see('no backend', addressSets, [[]]);
  expect([...dataCenter.northbound.table('Logical_Router_Policy').rows.values()].map(row => row._uuid)).toEqual([
    policy?._uuid,
  ]);
  expect(
    natRows()
      .filter(row => row.logical_ip === '10.0.10.0/24')
      .map(row => row.external_ip)
      .toSorted(),
  ).toEqual(['100.65.0.102', '168.119.17.51']);
});

it('when the Service goes over to the default network the policy goes, and with the last address the router’s port', async () => {
  await dataCenter.apply(service('shalb-demo', 'web'));
  await see('no policy', policies, []);
  await see('no set', addressSets, []);
  await dataCenter.delete(eip('shalb-demo', 'public'));
  await dataCenter.whenGone(ovnEipKind.type, 'shalb-demo-ext-public');
  await dataCenter.when(
    vpcKind.type,
    'shalb-demo',
    ({ status }) => status?.extraExternalSubnets?.length === 0,
    'has its own external network only',
  );
  await dataCenter.delete(service('shalb-demo', 'web'));
});

it('a FIp has an EIp of its own, follows its target and its EIp, and goes without a trace', async () => {
  await dataCenter.apply(fip('shalb-demo', 'app', { ipAddress: '10.0.10.28', externalNetworkType: 'public' }));
  const { status } = await dataCenter.whenReady(fipKind.type, 'shalb-demo/app');
  expect(status).toMatchObject({ resolvedTargetIP: '10.0.10.28', ovnFip: 'app.shalb-demo' });
  expect(floating()).toEqual([`${status?.externalIP} ↔ 10.0.10.28`]);
  await see('its way out', policies, [
    'ip4.src == 10.0.10.28 && ip4.dst != {10.0.10.0/24, 100.65.0.0/16, 168.119.17.48/28} → 168.119.17.49',
  ]);
  await dataCenter.when(
    eipKind.type,
    `shalb-demo/${status?.eip}`,
    held => held.status?.owners?.map(({ type, ownerRef }) => `${type}/${ownerRef}`).join() === 'FIp/app',
    'is owned by the FIp',
  );

  await dataCenter.apply(fip('shalb-demo', 'app', { ipAddress: '10.0.10.29', externalNetworkType: 'public' }));
  await see('the other target', floating, [`${status?.externalIP} ↔ 10.0.10.29`]);

  await dataCenter.delete(fip('shalb-demo', 'app', {}));
  await dataCenter.whenGone(eipKind.type, `shalb-demo/${status?.eip}`);
  await dataCenter.whenGone(ovnFipKind.type, 'app.shalb-demo');
  await see('no row', floating, []);
  await see('no policy', policies, []);
});

it('an EIp leads to one FIp, or to Services: the first has it, and the next when the first is gone', async () => {
  await dataCenter.apply(eip('shalb-dev', 'own', { externalNetworkType: 'public', ipAddress: '168.119.17.57' }));
  await dataCenter.apply(fip('shalb-dev', 'first', { ipAddress: '10.1.0.57', eip: 'own' }));
  await dataCenter.whenReady(fipKind.type, 'shalb-dev/first');
  await dataCenter.apply(fip('shalb-dev', 'second', { ipAddress: '10.1.0.58', eip: 'own' }));
  const said = await dataCenter.whenNotReady(fipKind.type, 'shalb-dev/second', 'EIpInUse');
  expect(said.message).toContain('FIp shalb-dev/first');
  await dataCenter.apply(service('shalb-dev', 'web', { [serviceAnnotations.bindOnEip]: 'own' }));
  await dataCenter.whenNotReady(serviceType, 'shalb-dev/web', 'EIpInUse');
  expect(floating()).toEqual(['168.119.17.57 ↔ 10.1.0.57']);

  await dataCenter.delete(fip('shalb-dev', 'first', {}));
  await dataCenter.whenReady(fipKind.type, 'shalb-dev/second');
  await see('the second', floating, ['168.119.17.57 ↔ 10.1.0.58']);
  await dataCenter.delete(fip('shalb-dev', 'second', {}));
  await dataCenter.whenNotReady(serviceType, 'shalb-dev/web', 'NoEndpoints');
  await dataCenter.delete(service('shalb-dev', 'web'), eip('shalb-dev', 'own'));
  await dataCenter.whenGone(eipKind.type, 'shalb-dev/own');
});

it.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['an address of another VPC', { ipAddress: '10.0.10.28' }, 'InvalidTarget'],
  ['an EIp of another namespace', { ipAddress: '10.1.0.57', eip: 'slb-of-demo' }, 'EIpNotFound'],
  ['the address of the project’s gateway', { ipAddress: '10.1.0.57', eip: 'default-gw' }, 'EIpInUse'],
  ['a machine while there are none', { vmTarget: { vmName: 'db' } }, 'VMNotFound'],
])('a FIp cannot have %s, and is put right by an edit', async (_, spec, reason) => {
  await dataCenter.apply(eip('shalb-demo', 'slb-of-demo', { externalNetworkType: 'public' }));
  await dataCenter.apply(fip('shalb-dev', 'wrong', spec));
  await dataCenter.whenNotReady(fipKind.type, 'shalb-dev/wrong', reason);
  expect(floating()).toEqual([]);
  await dataCenter.apply(fip('shalb-dev', 'wrong', { ipAddress: '10.1.0.60' }));
  await dataCenter.whenReady(fipKind.type, 'shalb-dev/wrong');
  await dataCenter.delete(fip('shalb-dev', 'wrong', {}));
  await see('no row', floating, []);
});

it('an OvnDnatRule leads one port of an address to a target, and follows its edits', async () => {
  const rule = (internalPort: string): KubeObject =>
    kubeOvn('OvnDnatRule', 'rule', {
      ovnEip: 'rule-eip',
      vpc: 'shalb-dev',
      v4Ip: '10.1.0.57',
      externalPort: '8080',
      internalPort,
    });
  const vips = (): unknown[] =>
    [...dataCenter.northbound.table('Load_Balancer').rows.values()]
      .filter(row => row.name.startsWith('OvnDnatRule/'))
      .map(row => row.vips);
  await dataCenter.apply(
    kubeOvn('OvnEip', 'rule-eip', { externalSubnet: 'ext-public', v4Ip: '168.119.17.61' }),
    rule('80'),
  );
  await dataCenter.whenReady(ovnDnatRuleKind.type, 'rule');
  expect(vips()).toEqual([{ '168.119.17.61:8080': '10.1.0.57:80' }]);
  await dataCenter.apply(rule('81'));
  await see('the other port', vips, [{ '168.119.17.61:8080': '10.1.0.57:81' }]);
  await dataCenter.delete(rule('81'));
  await see('nothing', vips, []);
});

it('an OvnFip of type distributed is done where its target runs', async () => {
  await dataCenter.apply(
    kubeOvn('OvnEip', 'far', { externalSubnet: 'ext-public', v4Ip: '168.119.17.62', macAddress: '0a:00:00:00:00:62' }),
    kubeOvn('OvnFip', 'far', { ovnEip: 'far', vpc: 'shalb-dev', v4Ip: '10.1.0.70', type: 'distributed' }),
  );
  await dataCenter.whenNotReady(ovnFipKind.type, 'far', 'TargetNotFound');
  await dataCenter.apply(kubeOvn('IP', 'vm.shalb-dev', { subnet: 'shalb-dev-default', v4IpAddress: '10.1.0.70' }));
  await dataCenter.whenReady(ovnFipKind.type, 'far');
  expect(natRows().find(row => row.external_ip === '168.119.17.62')).toMatchObject({
    logical_port: 'vm.shalb-dev',
    external_mac: '0a:00:00:00:00:62',
  });
  await dataCenter.delete(kubeOvn('OvnFip', 'far', {}), kubeOvn('IP', 'vm.shalb-dev', {}));
  await see('no row', floating, []);
});

it('a FIp follows a virtual machine, from when KubeVirt is there', async () => {
  await dataCenter.apply(fip('shalb-dev', 'vm', { vmTarget: { vmName: 'db' } }));
  await dataCenter.whenNotReady(fipKind.type, 'shalb-dev/vm', 'VMNotFound');
  await dataCenter.client.apply(customResourceDefinitionType, machineDefinition, { force: true });
  const machine = (ipAddress: string) => ({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { namespace: 'shalb-dev', name: 'db' },
    status: { interfaces: [{ name: 'default', ipAddress }] },
  });
  await until('machines can be made', () =>
    dataCenter.client.apply(virtualMachineInstanceType, machine('10.1.0.80'), { force: true }).then(
      () => true,
      () => false,
    ),
  );
  await dataCenter.whenReady(fipKind.type, 'shalb-dev/vm');
  await dataCenter.client.apply(virtualMachineInstanceType, machine('10.1.0.81'), { force: true });
  const { status } = await dataCenter.when(
    fipKind.type,
    'shalb-dev/vm',
    held => held.status?.resolvedTargetIP === '10.1.0.81',
    'follows the machine',
  );
  await see('the row', floating, [`${status?.externalIP} ↔ 10.1.0.81`]);
});

/** A Subnet counts its addresses a while after they changed. */
const whenCounted = (name: string): Promise<void> =>
  until(`${name} counts its addresses`, async () => {
    const { items } = await dataCenter.client.list(ovnEipKind.type);
    const { status } = await dataCenter.client.get(subnetKind.type, { name });
    return status?.v4usingIPs === items.filter(({ spec }) => spec.externalSubnet === name).length;
  });

it('writes nothing after a restart with nothing to do', async () => {
  await dataCenter.apply(publicWeb(), endpointSlice('shalb-demo', 'web', ['10.0.10.5']));
  await dataCenter.apply(eip('shalb-demo', 'public', { externalNetworkType: 'public' }));
  await dataCenter.whenReady(serviceType, 'shalb-demo/web');
  for (const subnet of ['ext-cloud', 'ext-public']) await whenCounted(subnet);
  await dataCenter.idle();
  await dataCenter.stopControllers();
  await dataCenter.startControllers();
  await dataCenter.idle();
  expect(dataCenter.writes).toEqual({ api: 0, rows: 0 });
});

/** As much of KubeVirt's as is read here; the status is written as part of the object. */
const machineDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'virtualmachineinstances.kubevirt.io' },
  spec: {
    group: 'kubevirt.io',
    scope: 'Namespaced',
    names: {
      kind: 'VirtualMachineInstance',
      listKind: 'VirtualMachineInstanceList',
      plural: 'virtualmachineinstances',
      singular: 'virtualmachineinstance',
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
} as const;
