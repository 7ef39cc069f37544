import { networksOf, type SubnetNetwork } from '../compile/networks.ts';
import { defaultRouteLeadsTo, type ExternalPort, type WayBack, wayBackOf } from '../compile/ovn/way-back.ts';
import type { Cidr } from '../net/cidr.ts';
import { familyOf } from '../net/ip.ts';
import { ovnEipKind } from '../resources/kubeovn/ovn-eip.ts';
import { type Subnet, subnetKind } from '../resources/kubeovn/subnet.ts';
import { vpcKind } from '../resources/kubeovn/vpc.ts';
import { externalNetworkTypeLabel } from '../resources/names.ts';
import type { Reads } from './caches.ts';

export const networksIn = (subnet: Subnet | undefined): SubnetNetwork[] => {
  const networks = subnet && networksOf(subnet);
  return networks?.ok ? networks.value : [];
};

export const cidrsOfVpc = (vpc: string, reads: Reads): Cidr[] =>
  reads.by(subnetKind.type, 'vpc', vpc).flatMap(subnet => networksIn(subnet).map(({ cidr }) => cidr));

/** How replies from a VPC get back to an external network. For a default one in the cloud little is read: most Services are on it. */
export const wayBackTo = (externalSubnet: string, vpcName: string, reads: Reads): WayBack => {
  const vpc = reads.get(vpcKind.type, vpcName);
  if (!vpc) return { kind: 'none', externalSubnet };
  const network = externalNetwork(externalSubnet, reads);
  if (network && !network.isPublic && defaultRouteLeadsTo(network.cidr, vpc)) return { kind: 'default' };
  // A port is there when its OvnEip says which address it has; before, northd would complain of the policy's next hop.
  const ports = reads
    .by(ovnEipKind.type, 'gatewayOf', vpcName)
    .filter(({ status }) => status?.v4Ip !== undefined)
    .flatMap(({ spec }) => {
      const port = externalNetwork(spec.externalSubnet, reads);
      return port ? [[spec.externalSubnet, port] as const] : [];
    });
  return wayBackOf({ externalSubnet, vpc, cidrs: cidrsOfVpc(vpcName, reads), ports: new Map(ports) });
};

const externalNetwork = (name: string, reads: Reads): ExternalPort | undefined => {
  const subnet = reads.get(subnetKind.type, name);
  const network = networksIn(subnet).find(({ gateway }) => familyOf(gateway) === 4);
  return network && { ...network, isPublic: subnet?.metadata.labels?.[externalNetworkTypeLabel] === 'public' };
};
