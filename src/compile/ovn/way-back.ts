import { type Cidr, cidrContains, cidrFamily, parseCidr } from '../../net/cidr.ts';
import { type Ip, parseIp } from '../../net/ip.ts';
import type { Vpc } from '../../resources/kubeovn/vpc.ts';
import { shortHash } from '../naming.ts';
import type { SubnetNetwork } from '../networks.ts';
import type { Protocol } from './load-balancer.ts';
import { type Row, type RowPiece, routerOf } from './row.ts';

/** How what answers on an address of an external network gets its replies back there. */
export type WayBack =
  /** By the VPC's default route, which leads there anyway. */
  | { readonly kind: 'default' }
  /** By policies: the default route, or the policies for another network, lead elsewhere. */
  | { readonly kind: 'detour'; readonly detour: Detour }
  /** Not at all: the VPC's router has no port there. */
  | { readonly kind: 'none'; readonly externalSubnet: string };

export interface Detour {
  /** Of the external network. */
  readonly gateway: Ip;
  readonly isPublic: boolean;
  /** What the default route is not for: the VPC's subnets, external networks with a port, destinations of other routes. */
  readonly onLink: readonly Cidr[];
}

/** An external network as a router with a port in it sees it. */
export interface ExternalPort extends SubnetNetwork {
  /** Routed on the internet. */
  readonly isPublic: boolean;
}

export interface WayBackInput {
  readonly externalSubnet: string;
  readonly vpc: Vpc;
  /** Of the VPC's subnets. */
  readonly cidrs: readonly Cidr[];
  /** External networks that its router has a port in, by Subnet. */
  readonly ports: ReadonlyMap<string, ExternalPort>;
}

type StaticRoute = NonNullable<Vpc['spec']['staticRoutes']>[number];

const isByDestination = (route: StaticRoute): boolean => (route.policy || 'policyDst') === 'policyDst';
const isDefault = (route: StaticRoute): boolean => isByDestination(route) && route.cidr === '0.0.0.0/0';

/** Whether a VPC's default route leads into a network. */
export const defaultRouteLeadsTo = (cidr: Cidr, { spec }: Vpc): boolean =>
  (spec.staticRoutes ?? [])
    .filter(isDefault)
    .flatMap(route => route.nextHopIP.split(','))
    .some(text => {
      const hop = parseIp(text.trim());
      return hop.ok && cidrContains(cidr, hop.value);
    });

/** A public network's policies stand against those of others: it needs them although the default route leads there, if there are others. */
export const wayBackOf = ({ externalSubnet, vpc, cidrs, ports }: WayBackInput): WayBack => {
  const port = ports.get(externalSubnet);
  if (!port) return { kind: 'none', externalSubnet };
  const isAlone = !port.isPublic || ports.size === 1;
  if (isAlone && defaultRouteLeadsTo(port.cidr, vpc)) return { kind: 'default' };
  const routed = (vpc.spec.staticRoutes ?? []).filter(route => isByDestination(route) && !isDefault(route));
  const onLink = [...cidrs, ...[...ports.values()].map(({ cidr }) => cidr), ...routed.flatMap(destinationOf)];
  const v4 = new Set(onLink.filter(cidr => cidrFamily(cidr) === 4));
  return {
    kind: 'detour',
    detour: { gateway: port.gateway, isPublic: port.isPublic, onLink: [...v4].toSorted() },
  };
};

const destinationOf = ({ cidr }: StaticRoute): Cidr[] => {
  const network = parseCidr(cidr.includes('/') ? cidr : `${cidr}/32`);
  return network.ok ? [network.value] : [];
};

/** Why nothing answers, said of `what`. */
export const noWayBack = (what: string, vpc: string, externalSubnet: string): string =>
  `${what}: VPC ${vpc} has no port in ${externalSubnet}. Add it to spec.extraExternalSubnets of the Vpc.`;

/**
 * Above Kube-OVN's own policies. A pod may answer on addresses of two networks, and a reply does not tell on which the question came. Hosts
 * of both are on-link; whoever is farther away is on the internet rather than behind the cloud network, which cannot be reached from there.
 * So public goes before the rest (docs/adr/0011-public-replies-first.md); and within a network, one port's replies before all that a
 * floating address's target sends.
 */
const PRIORITY = {
  public: { reply: 31_200, egress: 31_150 },
  other: { reply: 31_100, egress: 31_050 },
} as const;

/** One port of some backends that answers on a VIP. */
export interface ReplySource {
  readonly protocol: Protocol;
  readonly port: number;
  readonly addresses: readonly Ip[];
}

/**
 * Replies of load balancer backends go back to the network that the connection came from: a policy, and an Address_Set of the backends, so
 * that endpoints come and go without northd's recompute that a policy costs.
 *
 * One pair per protocol and target port *of one owner*. Fewer policies would do, as Services of one VPC, network and target port could
 * share theirs; but then nobody would own it, and a Service's last endpoint or its deletion would concern rows of others.
 */
export const compileReplyPolicies = (
  owner: { readonly name: string; readonly vpc: string },
  detour: Detour,
  sources: readonly ReplySource[],
): RowPiece[] =>
  sources.flatMap(({ protocol, port, addresses }) => {
    const l4 = protocol.toLowerCase();
    const key = `Reply/${l4}/${port}`;
    const set = `reply_${shortHash(`${owner.name} ${key}`, 20)}`;
    return [
      { key, value: { table: 'Address_Set', columns: { name: set, addresses: addresses.toSorted() } } },
      { key, value: policy(owner.vpc, detour, 'reply', `ip4.src == $${set} && ${l4}.src == ${port}`) },
    ];
  });

/** All that an address sends off-link leaves through a network other than the default one. */
export const compileEgressPolicy = (vpc: string, detour: Detour, address: Ip): RowPiece => ({
  key: 'Egress',
  value: policy(vpc, detour, 'egress', `ip4.src == ${address}`),
});

const policy = (
  vpc: string,
  { gateway, isPublic, onLink }: Detour,
  purpose: 'reply' | 'egress',
  source: string,
): Row => ({
  table: 'Logical_Router_Policy',
  columns: {
    priority: PRIORITY[isPublic ? 'public' : 'other'][purpose],
    match: `${source} && ip4.dst != {${onLink.join(', ')}}`,
    action: 'reroute',
    nexthops: [gateway],
  },
  memberOf: [{ of: routerOf(vpc), column: 'policies' }],
});
