import type { Cidr } from '../../net/cidr.ts';
import { prefixLength } from '../../net/cidr.ts';
import type { Ip } from '../../net/ip.ts';
import { macFor } from '../../net/mac.ts';
import { loadBalancersOf, type Row, type RowPiece, routerOf, switchOf } from './row.ts';

/** A subnet of a VPC: pods live on it. */
export interface OverlaySubnetInput {
  readonly name: string;
  readonly vpc: string;
  /** One per IP family, with the gateway's address in it. */
  readonly networks: readonly { readonly cidr: Cidr; readonly gateway: Ip }[];
}

/** A subnet of the physical network: a VLAN of a provider network. */
export interface ExternalSubnetInput {
  readonly name: string;
  readonly provider: string;
  /** 0 is untagged. */
  readonly vlan: number;
}

/** The MAC address of a VPC's router in a subnet; derived, so that a rebuilt database gets the same. */
export const routerMac = (vpc: string, subnet: string): string => macFor(`router ${vpc} ${subnet}`);

/** Name of the router's port in a subnet, as Kube-OVN names it: `shalb-demo-shalb-demo-default`. */
export const routerPortName = (vpc: string, subnet: string): string => `${vpc}-${subnet}`;

/** Switch, and the pair of ports that joins it to its VPC's router. */
export const compileOverlaySubnet = (subnet: OverlaySubnetInput): RowPiece[] => [
  { key: 'Switch', value: overlaySwitch(subnet) },
  { key: 'RouterPort', value: routerPort(subnet) },
  { key: 'SwitchPort', value: switchPort(subnet) },
];

// The load balancers are on the switch as well as on the router: without it a pod cannot reach a VIP of its own VPC.
const overlaySwitch = (subnet: OverlaySubnetInput): Row => ({
  table: 'Logical_Switch',
  columns: { name: subnet.name, load_balancer_group: [loadBalancersOf(subnet.vpc)] },
});

const routerPort = ({ name, vpc, networks }: OverlaySubnetInput): Row => ({
  table: 'Logical_Router_Port',
  columns: {
    name: routerPortName(vpc, name),
    mac: routerMac(vpc, name),
    networks: networks.map(({ cidr, gateway }) => `${gateway}/${prefixLength(cidr)}`),
  },
  memberOf: [{ of: routerOf(vpc), column: 'ports' }],
});

const switchPort = ({ name, vpc }: OverlaySubnetInput): Row => ({
  table: 'Logical_Switch_Port',
  columns: {
    name: `${name}-${vpc}`,
    type: 'router',
    addresses: ['router'],
    options: { 'router-port': routerPortName(vpc, name) },
  },
  memberOf: [{ of: switchOf(name), column: 'ports' }],
});

/** Switch with the localnet port through which each chassis reaches the VLAN on its provider bridge. */
export const compileExternalSubnet = (subnet: ExternalSubnetInput): RowPiece[] => [
  { key: 'Switch', value: { table: 'Logical_Switch', columns: { name: subnet.name } } },
  { key: 'Localnet', value: localnet(subnet) },
];

const localnet = ({ name, provider, vlan }: ExternalSubnetInput): Row => ({
  table: 'Logical_Switch_Port',
  columns: {
    name: `localnet.${name}`,
    type: 'localnet',
    addresses: ['unknown'],
    options: { network_name: provider },
    ...(vlan > 0 && { tag: vlan }),
  },
  memberOf: [{ of: switchOf(name), column: 'ports' }],
});
