/** The bad input that users give, from the first day: refused by the API, or told by a condition; put right, it heals; others never notice. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Invalid } from '../../../src/kube/errors.ts';
import { serviceType } from '../../../src/resources/builtin/core.ts';
import { eipKind } from '../../../src/resources/kube-dc/eip.ts';
import { projectKind } from '../../../src/resources/kube-dc/project.ts';
import { subnetKind } from '../../../src/resources/kubeovn/subnet.ts';
import type { KubeObject } from '../../../src/resources/meta.ts';
import { externalNetworkTypeLabel, serviceAnnotations } from '../../../src/resources/names.ts';
import { DataCenter } from '../../servers/data-center.ts';
import { until } from '../../until.ts';

import { applyProject, eip, endpointSlice, namespace, project, service } from './scenario.ts';

let dataCenter: DataCenter;

beforeAll(async () => {
  dataCenter = await DataCenter.start();
  await dataCenter.startControllers();
  await applyProject(dataCenter);
  await dataCenter.apply(namespace('a'), namespace('a-b'));
});
afterAll(async () => {
  await dataCenter?.idle();
  expect(dataCenter?.errors).toEqual([]);
  await dataCenter?.[Symbol.asyncDispose]();
});

const onGateway = { [serviceAnnotations.bindOnEip]: 'default-gw' };

describe('refused by the API, with what to do', () => {
  const refusals: [string, KubeObject, RegExp][] = [
    ['a malformed CIDR', project('shalb', 'bad', '10.0.10.0/33'), /must be a network and its prefix length/],
    ['a CIDR that changes', project('shalb', 'demo', '10.9.0.0/24'), /Create a new Project/],
    [
      'an egress type that changes',
      project('shalb', 'demo', '10.0.10.0/24', { egressNetworkType: 'public' }),
      /Create a new Project/,
    ],
    [
      'a network type that does not exist',
      eip('shalb-demo', 'dark', { externalNetworkType: 'dark' }),
      /supported values|Unsupported value/,
    ],
    ['a name that is too long for a namespace', project('shalb', 'd'.repeat(62), '10.9.0.0/24'), /shorter name/],
  ];
  it.each(refusals)('%s', async (_, object, message) => {
    const attempt = dataCenter.apply(object);
    await expect(attempt).rejects.toThrow(Invalid);
    await expect(attempt).rejects.toThrow(message);
  });
});

describe('a Project', () => {
  it.each([
    ['an external network', '100.65.8.0/24', 'Subnet ext-cloud'],
    ['the join network', '172.30.1.0/24', 'Subnet join'],
  ])('that overlaps %s', async (_, cidr, what) => {
    await dataCenter.apply(project('shalb', 'overlap', cidr));
    const { message } = await dataCenter.whenNotReady(projectKind.type, 'shalb/overlap', 'CIDROverlap');
    expect(message).toContain(what);
    expect(await dataCenter.find(subnetKind.type, 'shalb-overlap-default')).toBeUndefined();
    await dataCenter.delete(project('shalb', 'overlap', cidr));
    await dataCenter.apply(project('shalb', 'overlap', '10.8.0.0/24'));
    await dataCenter.whenReady(projectKind.type, 'shalb/overlap');
    await dataCenter.delete(project('shalb', 'overlap', '10.8.0.0/24'));
    await dataCenter.whenGone(subnetKind.type, 'shalb-overlap-default');
  });

  it('whose name joins to that of an older one', async () => {
    await dataCenter.apply(project('a-b', 'c', '10.7.0.0/24'));
    await dataCenter.whenReady(projectKind.type, 'a-b/c');
    await dataCenter.apply(project('a', 'b-c', '10.6.0.0/24'));
    const { message } = await dataCenter.whenNotReady(projectKind.type, 'a/b-c', 'NameConflict');
    expect(message).toMatch(/a-b-c .*older Project a-b\/c.*another metadata.name/);
    await dataCenter.delete(project('a-b', 'c', '10.7.0.0/24'));
    await dataCenter.whenReady(projectKind.type, 'a/b-c');
    const subnet = await dataCenter.when(
      subnetKind.type,
      'a-b-c-default',
      held => held.spec.cidrBlock === '10.6.0.0/24',
    );
    expect(subnet.spec.vpc).toBe('a-b-c');
  });
});

describe('an EIp', () => {
  it('of a type that no external network has yet', async () => {
    const subnet = await dataCenter.client.get(subnetKind.type, { name: 'ext-public' });
    const label = (value: string | null) =>
      dataCenter.client.patch(subnetKind.type, subnet.metadata, {
        type: 'merge',
        body: { metadata: { labels: { [externalNetworkTypeLabel]: value } } },
      });
    await label(null);
    await dataCenter.apply(eip('shalb-demo', 'early', { externalNetworkType: 'public' }));
    const { message } = await dataCenter.whenNotReady(eipKind.type, 'shalb-demo/early', 'NoExternalNetwork');
    expect(message).toMatch(/externalNetworkType is public.*there is: cloud/);
    await label('public');
    await dataCenter.whenReady(eipKind.type, 'shalb-demo/early');
    await dataCenter.delete(eip('shalb-demo', 'early'));
  });

  it('of a pool that is exhausted takes the next address that becomes free', async () => {
    // 168.119.17.48/28 has 13 addresses besides its gateway; the project's router takes one.
    const names = Array.from({ length: 13 }, (_, index) => `pool-${String(index).padStart(2, '0')}`);
    await dataCenter.apply(...names.map(name => eip('shalb-demo', name, { externalNetworkType: 'public' })));
    const starving = async () => {
      const { items } = await dataCenter.client.list(eipKind.type, { namespace: 'shalb-demo' });
      return items.filter(item => item.status?.conditions?.[0]?.reason === 'AddressPoolExhausted');
    };
    await until('one EIp has no address', async () => (await starving()).length === 1);
    const [hungry] = await starving();
    expect(hungry?.status?.conditions?.[0]?.message).toMatch(
      /ext-public \(168.119.17.48\/28\) has no free address. Delete/,
    );
    const fed = names.find(name => name !== hungry?.metadata.name) ?? '';
    await dataCenter.delete(eip('shalb-demo', fed));
    await dataCenter.whenReady(eipKind.type, `shalb-demo/${hungry?.metadata.name}`);
    await dataCenter.delete(...names.filter(name => name !== fed).map(name => eip('shalb-demo', name)));
  });

  it('asks for an address that is held, and gets it when it is free', async () => {
    await dataCenter.apply(eip('shalb-demo', 'first', { ipAddress: '100.65.0.200' }));
    await dataCenter.whenReady(eipKind.type, 'shalb-demo/first');
    await dataCenter.apply(eip('shalb-demo', 'second', { ipAddress: '100.65.0.200' }));
    const { message } = await dataCenter.whenNotReady(eipKind.type, 'shalb-demo/second', 'AddressTaken');
    expect(message).toMatch(/spec.ipAddress: 100.65.0.200 is in use already/);
    await dataCenter.delete(eip('shalb-demo', 'first'));
    await dataCenter.whenReady(eipKind.type, 'shalb-demo/second');
    await dataCenter.delete(eip('shalb-demo', 'second'));
  });
});

describe('a Service', () => {
  it('that binds an EIp of another namespace', async () => {
    await dataCenter.apply(service('shalb-demo', 'stranger', { [serviceAnnotations.bindOnEip]: 'kube-system/eip' }));
    const { message } = await dataCenter.whenNotReady(serviceType, 'shalb-demo/stranger', 'InvalidBinding');
    expect(message).toMatch(/'kube-system\/eip', which is not the name of an EIp. Give/);
    await dataCenter.delete(service('shalb-demo', 'stranger'));
  });

  it('that binds an EIp before it exists', async () => {
    await dataCenter.apply(endpointSlice('shalb-demo', 'early', ['10.0.10.5']));
    await dataCenter.apply(service('shalb-demo', 'early', { [serviceAnnotations.bindOnEip]: 'late' }));
    const { message } = await dataCenter.whenNotReady(serviceType, 'shalb-demo/early', 'EIpNotFound');
    expect(message).toMatch(/names EIp late, which is not in namespace shalb-demo. Create it there/);
    await dataCenter.apply(eip('shalb-demo', 'late'));
    await dataCenter.whenReady(serviceType, 'shalb-demo/early');
    await dataCenter.delete(service('shalb-demo', 'early'), eip('shalb-demo', 'late'));
    await dataCenter.whenGone(eipKind.type, 'shalb-demo/late');
  });

  it('whose port an older one holds', async () => {
    for (const name of ['holder', 'latecomer'])
      await dataCenter.apply(endpointSlice('shalb-demo', name, ['10.0.10.5']));
    await dataCenter.apply(service('shalb-demo', 'holder', onGateway));
    await dataCenter.whenReady(serviceType, 'shalb-demo/holder');
    await dataCenter.apply(service('shalb-demo', 'latecomer', onGateway));
    const { message } = await dataCenter.whenNotReady(serviceType, 'shalb-demo/latecomer', 'PortConflict');
    expect(message).toMatch(/80\/TCP on EIp default-gw is held by the older Service shalb-demo\/holder. Use another/);
    await dataCenter.whenReady(serviceType, 'shalb-demo/holder');
    await dataCenter.delete(service('shalb-demo', 'holder'));
    await dataCenter.whenReady(serviceType, 'shalb-demo/latecomer');
    await dataCenter.delete(service('shalb-demo', 'latecomer'));
  });

  it('without selector or endpoints, until somebody writes a slice', async () => {
    await dataCenter.apply(service('shalb-demo', 'bare', {}, { selector: undefined }));
    const { message } = await dataCenter.whenNotReady(serviceType, 'shalb-demo/bare', 'NoEndpoints');
    expect(message).toMatch(/refuses connections to port 80.*no spec.selector: add one, or write its EndpointSlice/);
    await dataCenter.apply(endpointSlice('shalb-demo', 'bare', ['10.0.10.6']));
    await dataCenter.whenReady(serviceType, 'shalb-demo/bare');
    await dataCenter.delete(service('shalb-demo', 'bare'));
  });

  it('of protocol SCTP, until it is TCP', async () => {
    const ports = (protocol: string) => ({ ports: [{ port: 9000, protocol }] });
    await dataCenter.apply(endpointSlice('shalb-demo', 'sctp', ['10.0.10.6']));
    await dataCenter.apply(service('shalb-demo', 'sctp', {}, ports('SCTP')));
    const { message } = await dataCenter.whenNotReady(serviceType, 'shalb-demo/sctp', 'UnsupportedProtocol');
    expect(message).toMatch(/spec.ports\[0\].protocol SCTP cannot be load balanced; use TCP or UDP/);
    await dataCenter.delete(service('shalb-demo', 'sctp'));
    await dataCenter.apply(service('shalb-demo', 'sctp', {}, ports('TCP')));
    await dataCenter.whenReady(serviceType, 'shalb-demo/sctp');
    await dataCenter.delete(service('shalb-demo', 'sctp'));
  });

  it('with a network type that does not exist', async () => {
    const typed = (type: string) => service('shalb-demo', 'typed', { [serviceAnnotations.externalNetworkType]: type });
    await dataCenter.apply(endpointSlice('shalb-demo', 'typed', ['10.0.10.6']));
    await dataCenter.apply(typed('dark'));
    const { message } = await dataCenter.whenNotReady(serviceType, 'shalb-demo/typed', 'InvalidBinding');
    expect(message).toMatch(/'dark', which is no type of network. Give one of cloud, public/);
    await dataCenter.apply(typed('public'));
    const { status } = await dataCenter.whenReady(serviceType, 'shalb-demo/typed');
    expect(status?.loadBalancer?.ingress?.[0]?.ip).toMatch(/^168\.119\.17\./);
    await dataCenter.delete(typed('public'));
  });

  it('whose -ext name a user took first, until the user lets it go', async () => {
    const taken = service('shalb-demo', 'web-ext', {}, { type: 'ClusterIP' });
    await dataCenter.apply(taken, endpointSlice('shalb-demo', 'web', ['10.0.10.6']));
    await dataCenter.apply(service('shalb-demo', 'web'));
    const { message } = await dataCenter.whenNotReady(serviceType, 'shalb-demo/web', 'NameTaken');
    expect(message).toMatch(/Service shalb-demo\/web-ext is needed here but exists already.*Use another name here/);
    expect(await dataCenter.find(serviceType, 'web-ext', 'shalb-demo')).toMatchObject({
      spec: { selector: { app: 'web-ext' } },
    });
    await dataCenter.delete(taken);
    await dataCenter.whenReady(serviceType, 'shalb-demo/web');
    await dataCenter.delete(service('shalb-demo', 'web'));
  });

  it('with a name of 63 characters has everything that others have', async () => {
    const name = 'n'.repeat(63);
    await dataCenter.apply(service('shalb-demo', name, { [serviceAnnotations.createBackend[0]]: 'true' }));
    await dataCenter.apply(endpointSlice('shalb-demo', name, ['10.0.10.6']));
    await dataCenter.whenReady(serviceType, `shalb-demo/${name}`);
    await dataCenter.delete(service('shalb-demo', name));
  });
});

it('lets others converge while all this is wrong', async () => {
  await dataCenter.apply(
    project('shalb', 'wrong', '100.65.8.0/24'),
    eip('shalb-demo', 'wrong', { ipAddress: '100.66.0.1' }),
    service('shalb-demo', 'wrong', { [serviceAnnotations.bindOnEip]: 'wrong' }),
  );
  await dataCenter.whenNotReady(projectKind.type, 'shalb/wrong', 'CIDROverlap');
  await dataCenter.whenNotReady(eipKind.type, 'shalb-demo/wrong', 'InvalidAddress');
  await dataCenter.whenNotReady(serviceType, 'shalb-demo/wrong', 'AddressPending');
  await dataCenter.apply(project('shalb', 'right', '10.5.0.0/24'));
  await dataCenter.whenReady(projectKind.type, 'shalb/right');
  await dataCenter.whenReady(eipKind.type, 'shalb-right/default-gw');
});
