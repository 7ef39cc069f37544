import { createHash } from 'node:crypto';
import type { Cidr } from '../../net/cidr.ts';
import { prefixLength } from '../../net/cidr.ts';
import type { Ip } from '../../net/ip.ts';
import { gatewayPortOf, type Row, type RowPiece, routerOf, switchOf } from './row.ts';
import { routerPortName } from './subnet.ts';

/** A VPC's foot in an external network: an OvnEip of type lrp. */
export interface RouterGatewayInput {
  readonly ovnEip: string;
  readonly vpc: string;
  readonly externalSubnet: string;
  readonly networks: readonly { readonly cidr: Cidr; readonly address: Ip }[];
  readonly mac: string;
  /** Names of the chassis that may host it, any order. */
  readonly chassis: readonly string[];
}

/**
 * The order in which chassis host a VPC's gateway ports, best first. Rendezvous hashing: VPCs spread over chassis, a chassis that
 * goes moves only what it hosted, and all gateway ports of one router share one order (OVN 23.03 ties a router's DNAT to one chassis).
 */
export const chassisOrder = (vpc: string, chassis: readonly string[]): string[] => {
  const weight = new Map(chassis.map(name => [name, createHash('sha256').update(`${vpc} ${name}`).digest('hex')]));
  return [...weight].sort(([, a], [, b]) => (a < b ? 1 : -1)).map(([name]) => name);
};

/** Distributed gateway port with its chassis, and the external switch's port to it. */
export const compileRouterGateway = (gateway: RouterGatewayInput): RowPiece[] => [
  { key: 'RouterPort', value: routerPort(gateway) },
  { key: 'SwitchPort', value: switchPort(gateway) },
  ...chassisOrder(gateway.vpc, gateway.chassis).map((chassis, index, all) => ({
    key: `Chassis/${chassis}`,
    value: gatewayChassis(gateway, chassis, all.length - index),
  })),
];

const routerPort = ({ vpc, externalSubnet, mac, networks }: RouterGatewayInput): Row => ({
  table: 'Logical_Router_Port',
  columns: {
    name: routerPortName(vpc, externalSubnet),
    mac,
    networks: networks.map(({ cidr, address }) => `${address}/${prefixLength(cidr)}`),
  },
  memberOf: [{ of: routerOf(vpc), column: 'ports' }],
});

// nat-addresses=router announces the router's addresses when a chassis takes over; VIPs are left out, as they are many.
const switchPort = ({ vpc, externalSubnet }: RouterGatewayInput): Row => ({
  table: 'Logical_Switch_Port',
  columns: {
    name: `${externalSubnet}-${vpc}`,
    type: 'router',
    addresses: ['router'],
    options: {
      'router-port': routerPortName(vpc, externalSubnet),
      'nat-addresses': 'router',
      'exclude-lb-vips-from-garp': 'true',
    },
  },
  memberOf: [{ of: switchOf(externalSubnet), column: 'ports' }],
});

const gatewayChassis = (
  { ovnEip, vpc, externalSubnet }: RouterGatewayInput,
  chassis: string,
  priority: number,
): Row => ({
  table: 'Gateway_Chassis',
  columns: { name: `${routerPortName(vpc, externalSubnet)}-${chassis}`, chassis_name: chassis, priority },
  memberOf: [{ of: gatewayPortOf(ovnEip), column: 'gateway_chassis' }],
});

export interface SnatInput {
  readonly vpc: string;
  readonly cidrs: readonly Cidr[];
  /** The rule's own address and the external subnet it is in. */
  readonly address: Ip;
  readonly externalSubnet: string;
  /** Every gateway port of the VPC. */
  readonly gateways: readonly { readonly ovnEip: string; readonly externalSubnet: string; readonly address: Ip }[];
}

/**
 * One SNAT row per (CIDR × gateway port), each bound to its port: with a single row without `gateway_port`, OVN un-DNATs on only one
 * of a router's gateway ports, and which one differs from run to run. On other networks than its own the rule's traffic leaves with
 * the address the router has there.
 */
export const compileSnat = (snat: SnatInput): RowPiece[] =>
  snat.cidrs.flatMap(cidr =>
    snat.gateways.map(gateway => ({
      key: `Snat/${cidr}@${gateway.externalSubnet}`,
      value: snatRow(
        snat.vpc,
        cidr,
        gateway,
        gateway.externalSubnet === snat.externalSubnet ? snat.address : gateway.address,
      ),
    })),
  );

const snatRow = (vpc: string, cidr: Cidr, gateway: { readonly ovnEip: string }, externalIp: Ip): Row => ({
  table: 'NAT',
  columns: { type: 'snat', logical_ip: cidr, external_ip: externalIp, gateway_port: gatewayPortOf(gateway.ovnEip) },
  memberOf: [{ of: routerOf(vpc), column: 'nat' }],
});
