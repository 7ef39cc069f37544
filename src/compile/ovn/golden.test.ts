import { join } from 'node:path';
import { describe } from 'vitest';
import { readableDesired } from '../../../test/golden/desired.ts';
import { goldenPairs } from '../../../test/golden/golden.ts';
import { manifest } from '../../../test/golden/kube-dc.ts';
import type { Cidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import type { Node, Pod } from '../../resources/builtin/core.ts';
import type { IP } from '../../resources/kubeovn/ip.ts';
import type { OvnDnatRule } from '../../resources/kubeovn/ovn-dnat-rule.ts';
import type { OvnEip } from '../../resources/kubeovn/ovn-eip.ts';
import type { OvnFip } from '../../resources/kubeovn/ovn-fip.ts';
import type { OvnSnatRule } from '../../resources/kubeovn/ovn-snat-rule.ts';
import { type ProviderNetwork, providerNetworkKind } from '../../resources/kubeovn/provider-network.ts';
import { type Subnet, subnetKind } from '../../resources/kubeovn/subnet.ts';
import { type Vlan, vlanKind } from '../../resources/kubeovn/vlan.ts';
import type { Vpc } from '../../resources/kubeovn/vpc.ts';
import { unwrap } from '../../resources/result.ts';
import type { Readiness } from '../desired.ts';
import { networksOf, vpcOf } from '../networks.ts';
import { compileDnatObject } from './dnat-object.ts';
import { compileFipObject } from './fip-object.ts';
import { type NatTargetInput, natTargetOf } from './nat-target.ts';
import { compileOvnEipObject } from './ovn-eip-object.ts';
import { compileProviderNetwork, compileVlan } from './physical-network.ts';
import { compileSnatObject } from './snat-object.ts';
import { compileSubnetObject } from './subnet-object.ts';
import { compileVpcObject, externalSubnetsOf } from './vpc-object.ts';
import { type ExternalPort, type WayBack, wayBackOf } from './way-back.ts';
import { compileNode, compilePod, type Placement } from './workload.ts';

const testdata = (feature: string): string => join(import.meta.dirname, 'testdata', feature);
const extCloud = manifest(subnetKind.type, 'ext-cloud');
const shalbDemoDefault: Subnet = {
  apiVersion: 'kubeovn.io/v1',
  kind: 'Subnet',
  metadata: { name: 'shalb-demo-default' },
  spec: { vpc: 'shalb-demo', cidrBlock: '10.0.10.0/24' },
};

interface VpcCase {
  readonly vpc: Vpc;
  readonly subnets?: readonly string[];
  /** Addresses held for its router in external subnets, by subnet. */
  readonly addresses?: Readonly<Record<string, string>>;
  readonly gatewayProblem?: Readiness;
}

describe('vpc', () => {
  goldenPairs<VpcCase>(testdata('vpc'), ({ vpc, subnets = [], addresses = {}, gatewayProblem }) =>
    readableDesired(
      compileVpcObject({
        vpc,
        subnets,
        externalSubnets: externalSubnetsOf(vpc, 'ext-cloud'),
        gatewayProblem,
        gateways: Object.entries(addresses).map(([externalSubnet, address]) => ({
          vpc: vpc.metadata.name,
          externalSubnet,
          address: unwrap(parseIp(address)),
        })),
      }),
    ),
  );
});

interface SubnetCase {
  readonly subnet: Subnet;
  /** `absent`: the one that the Subnet names does not exist. */
  readonly vlan?: 'absent';
  readonly provider?: 'absent';
}

describe('subnet', () => {
  goldenPairs<SubnetCase>(testdata('subnet'), ({ subnet, vlan, provider }) =>
    readableDesired(
      compileSubnetObject({
        subnet,
        vlan: vlan === 'absent' || !subnet.spec.vlan ? undefined : manifest(vlanKind.type, subnet.spec.vlan),
        provider: provider === 'absent' ? undefined : manifest(providerNetworkKind.type, 'ext-cloud'),
        usage: { using: 3, available: 250 },
      }),
    ),
  );
});

interface OvnEipCase {
  readonly ovnEip: OvnEip;
  readonly externalSubnet?: 'absent';
  readonly holder?: string;
  readonly vpc?: string;
  readonly chassis?: readonly string[];
}

describe('ovn-eip', () => {
  goldenPairs<OvnEipCase>(testdata('ovn-eip'), ({ ovnEip, externalSubnet, holder, vpc, chassis = [] }) =>
    readableDesired(
      compileOvnEipObject({
        ovnEip,
        externalSubnet: externalSubnet === 'absent' ? undefined : extCloud,
        holder,
        vpc,
        chassis,
      }),
    ),
  );
});

interface SnatCase {
  readonly rule: OvnSnatRule;
  readonly ovnEip?: OvnEip;
  readonly subnet?: Subnet;
  readonly gateways?: readonly OvnEip[];
}

describe('ovn-snat-rule', () => {
  goldenPairs<SnatCase>(testdata('ovn-snat-rule'), ({ rule, ovnEip, subnet, gateways = [] }) =>
    readableDesired(compileSnatObject({ rule, ovnEip, subnet, gateways })),
  );
});

interface WorkloadCase {
  readonly pod?: Pod;
  readonly node?: Node;
  readonly subnet: Subnet;
  readonly address: string;
  readonly recorded?: boolean;
}

const placementOf = ({ subnet, address, recorded = true }: WorkloadCase): Placement => {
  const [network] = unwrap(networksOf(subnet));
  if (!network) throw new Error('a workload needs a network');
  return { subnet: subnet.metadata.name, vpc: vpcOf(subnet), network, address: unwrap(parseIp(address)), recorded };
};

describe('workload', () => {
  goldenPairs<WorkloadCase>(testdata('workload'), input => {
    if (input.pod) return readableDesired(compilePod(input.pod, placementOf(input)));
    if (input.node) return readableDesired(compileNode(input.node, placementOf(input)));
    throw new Error('a case has a pod or a node');
  });
});

interface PhysicalCase {
  readonly vlan?: Vlan;
  readonly provider?: ProviderNetwork;
  readonly subnets?: readonly string[];
  readonly vlans?: readonly string[];
}

describe('physical-network', () => {
  goldenPairs<PhysicalCase>(testdata('physical-network'), ({ vlan, provider, subnets = [], vlans = [] }) => {
    if (vlan) return readableDesired(compileVlan({ vlan, provider, subnets }));
    if (provider) return readableDesired(compileProviderNetwork(provider, vlans));
    throw new Error('a case has a vlan or a provider network');
  });
});

interface NatCase {
  readonly ovnEip?: OvnEip;
  /** Of its target, by name or by address; in the Subnet shalb-demo-default. */
  readonly ip?: IP;
  readonly wayBack?: WayBack;
  readonly holder?: string;
}

const natInputs = (spec: NatTargetInput['spec'], { ovnEip, ip, wayBack, holder }: NatCase) => ({
  ovnEip,
  target: natTargetOf({ spec, ip, subnet: ip && shalbDemoDefault }),
  wayBack,
  holder,
});

describe('ovn-fip', () => {
  goldenPairs<NatCase & { readonly rule: OvnFip }>(testdata('ovn-fip'), ({ rule, ...input }) =>
    readableDesired(compileFipObject({ rule, ip: input.ip, ...natInputs(rule.spec, input) })),
  );
});

describe('ovn-dnat-rule', () => {
  goldenPairs<NatCase & { readonly rule: OvnDnatRule }>(testdata('ovn-dnat-rule'), ({ rule, ...input }) =>
    readableDesired(compileDnatObject({ rule, ...natInputs(rule.spec, input) })),
  );
});

interface WayBackCase {
  readonly vpc: Vpc;
  readonly cidrs: readonly Cidr[];
  readonly externalSubnet: string;
  /** External Subnets that its router has a port in. */
  readonly ports: readonly string[];
}

const portIn = (name: string): [string, ExternalPort] => {
  const [network] = unwrap(networksOf(manifest(subnetKind.type, name)));
  if (!network) throw new Error(`Subnet ${name} has no network`);
  return [name, { ...network, isPublic: name === 'ext-public' }];
};

describe('way-back', () => {
  goldenPairs<WayBackCase>(testdata('way-back'), ({ ports, ...input }) =>
    wayBackOf({ ...input, ports: new Map(ports.map(portIn)) }),
  );
});
