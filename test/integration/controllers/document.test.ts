/** The document's objects and rows, from its manifests; and that a restart with nothing to do writes nothing. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpointsType, serviceType } from '../../../src/resources/builtin/core.ts';
import { backendKind } from '../../../src/resources/envoy-gateway/backend.ts';
import { eipKind } from '../../../src/resources/kube-dc/eip.ts';
import { projectKind } from '../../../src/resources/kube-dc/project.ts';
import { ovnEipKind } from '../../../src/resources/kubeovn/ovn-eip.ts';
import { ovnSnatRuleKind } from '../../../src/resources/kubeovn/ovn-snat-rule.ts';
import { subnetKind } from '../../../src/resources/kubeovn/subnet.ts';
import { vpcKind } from '../../../src/resources/kubeovn/vpc.ts';
import { DataCenter } from '../../servers/data-center.ts';
import { onEveryKubeApi } from '../../servers/kube-api.ts';
import { until } from '../../until.ts';

import { applyDocument, endpointSlice } from './scenario.ts';

onEveryKubeApi(describe, kind => {
  let dataCenter: DataCenter;

  beforeAll(async () => {
    dataCenter = await DataCenter.start(() => kind.start());
    await dataCenter.startControllers();
    await applyDocument(dataCenter);
    await dataCenter.apply(endpointSlice('shalb-demo', 'test-http-app', ['10.0.10.28']));
    await dataCenter.apply(endpointSlice('shalb-demo', 'test-http-app-gw', ['10.0.10.28']));
    await dataCenter.whenReady(serviceType, 'shalb-demo/test-http-app');
    await dataCenter.whenReady(serviceType, 'shalb-demo/test-http-app-gw');
  });
  afterAll(() => dataCenter?.[Symbol.asyncDispose]());

  it('makes the objects of the document’s LoadBalancer flow', async () => {
    const { client } = dataCenter;
    const inDemo = (name: string) => ({ namespace: 'shalb-demo', name });
    expect(await client.get(eipKind.type, inDemo('slb-test-http-app-bc6y7'))).toMatchObject({
      spec: { externalNetworkType: 'cloud' },
      status: {
        ipAddress: '100.65.0.112',
        ovnEIpRef: 'eip-slb-test-http-app-bc6y7',
        owners: [{ type: 'Service', ownerRef: 'test-http-app' }],
        ownershipType: 'Exclusive',
        ready: true,
      },
    });
    expect(await client.get(ovnEipKind.type, { name: 'eip-slb-test-http-app-bc6y7' })).toMatchObject({
      spec: { externalSubnet: 'ext-cloud', v4Ip: '100.65.0.112' },
      status: { v4Ip: '100.65.0.112', ready: true },
    });
    const labels = {
      'kube-dc.com/endpoint-type': 'external',
      'kube-dc.com/managed-by': 'service-lb-controller',
      'kube-dc.com/source-service': 'test-http-app',
    };
    expect(await client.get(serviceType, inDemo('test-http-app-ext'))).toMatchObject({
      metadata: { labels },
      spec: { clusterIP: 'None', ports: [{ name: 'http', port: 80 }] },
    });
    expect(await client.get(endpointsType, inDemo('test-http-app-ext'))).toMatchObject({
      metadata: { labels },
      subsets: [{ addresses: [{ ip: '100.65.0.112' }], ports: [{ name: 'http', port: 80 }] }],
    });
    expect(await client.get(backendKind.type, inDemo('test-http-app-backend'))).toMatchObject({
      spec: { endpoints: [{ ip: { address: '100.65.0.112', port: 80 } }] },
    });
    expect((await client.get(serviceType, inDemo('test-http-app'))).status).toMatchObject({
      loadBalancer: { ingress: [{ ip: '100.65.0.112' }] },
    });
    expect((await client.get(serviceType, inDemo('test-http-app-gw'))).status).toMatchObject({
      loadBalancer: { ingress: [{ ip: '100.65.0.102' }] },
    });
  });

  it('makes the rows of the document’s network', async () => {
    await dataCenter.whenReady(ovnSnatRuleKind.type, 'ovn-default');
    await dataCenter.whenReady(ovnSnatRuleKind.type, 'shalb-demo-default');
    const rows = (table: 'Logical_Router_Port' | 'NAT' | 'Load_Balancer' | 'Logical_Router_Static_Route') => [
      ...dataCenter.northbound.table(table).rows.values(),
    ];
    expect(
      rows('Logical_Router_Port')
        .map(row => 'networks' in row && `${row.name} ${row.networks}`)
        .toSorted(),
    ).toEqual([
      'ovn-cluster-ext-cloud 100.65.0.101/16',
      'ovn-cluster-join 172.30.0.1/22',
      'ovn-cluster-ovn-default 10.100.0.1/16',
      'shalb-demo-ext-cloud 100.65.0.102/16',
      'shalb-demo-shalb-demo-default 10.0.10.1/24',
    ]);
    expect(
      rows('NAT')
        .map(row => 'logical_ip' in row && `${row.type} ${row.logical_ip} ${row.external_ip}`)
        .toSorted(),
    ).toEqual(['snat 10.0.10.0/24 100.65.0.102', 'snat 10.100.0.0/16 100.65.0.101']);
    expect(rows('Load_Balancer').map(row => 'vips' in row && row.vips)).toEqual(
      expect.arrayContaining([{ '100.65.0.112:80': '10.0.10.28:80' }, { '100.65.0.102:80': '10.0.10.28:80' }]),
    );
  });

  it('says of every object that it is ready', async () => {
    await dataCenter.whenReady(projectKind.type, 'shalb/demo');
    for (const vpc of ['ovn-cluster', 'shalb-demo']) await dataCenter.whenReady(vpcKind.type, vpc);
    for (const subnet of ['ext-cloud', 'ext-public', 'ovn-default', 'join', 'shalb-demo-default'])
      await dataCenter.whenReady(subnetKind.type, subnet);
  });

  it('writes nothing after a restart with nothing to do', async () => {
    await dataCenter.when(
      subnetKind.type,
      'ext-cloud',
      subnet => subnet.status?.v4usingIPs === 3,
      'counts its three addresses',
    );
    await dataCenter.idle();
    await dataCenter.stopControllers();
    await dataCenter.startControllers();
    await dataCenter.idle();
    expect(dataCenter.writes).toEqual({ api: 0, rows: 0 });
  });

  it('has met no bug', async () => {
    await until('the controllers are idle', async () => dataCenter.idle().then(() => true));
    expect(dataCenter.errors).toEqual([]);
  });
});
