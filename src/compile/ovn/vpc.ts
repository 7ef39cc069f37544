import { loadBalancersOf, type Membership, type Row, type RowPiece, routerOf } from './row.ts';

export interface StaticRoute {
  readonly cidr: string;
  readonly nextHopIP: string;
  readonly policy?: 'policyDst' | 'policySrc' | undefined;
}

export interface PolicyRoute {
  readonly priority: number;
  readonly match: string;
  readonly action: 'allow' | 'drop' | 'reroute';
  readonly nextHopIP?: string | undefined;
}

export interface VpcInput {
  readonly name: string;
  readonly staticRoutes: readonly StaticRoute[];
  readonly policyRoutes: readonly PolicyRoute[];
}

/**
 * Options of every router (ovn-nb(5)). Written once, at creation: a write to a router's options makes northd recompute all.
 * - dynamic_neigh_routers: without it flows grow with the square of the routers on an external network;
 * - always_learn_from_arp_request=false: a router learns only neighbours that it talks to;
 * - mac_binding_age_threshold (s): learned neighbours are forgotten, so that a moved address is found again.
 */
const ROUTER_OPTIONS = {
  dynamic_neigh_routers: 'true',
  always_learn_from_arp_request: 'false',
  mac_binding_age_threshold: '300',
} as const;

const ECMP_SYMBOL = { policyDst: 'dst-ip', policySrc: 'src-ip' } as const;

/** A VPC: its router, the group all its load balancers are in, its static and policy routes. */
export const compileVpc = (vpc: VpcInput): RowPiece[] => [
  { key: 'Router', value: router(vpc) },
  // The group's name is its only column besides the members, so it carries owner and key (controllers/targets/row-identity.ts).
  { key: 'LoadBalancers', value: { table: 'Load_Balancer_Group', columns: {} } },
  ...once(
    vpc.staticRoutes
      .flatMap(route => hopsOf(route.nextHopIP).map(hop => ({ ...route, nextHopIP: hop })))
      .map(route => ({ key: staticRouteKey(route), value: staticRoute(vpc.name, route) })),
  ),
  ...once(vpc.policyRoutes.map(route => ({ key: policyRouteKey(route), value: policyRoute(vpc.name, route) }))),
];

/** A route that is written twice is one route. */
const once = (pieces: readonly RowPiece[]): RowPiece[] => [
  ...new Map(pieces.map(piece => [piece.key, piece])).values(),
];

/** Several next hops, with commas between them, are as many paths. */
const hopsOf = (text: string | undefined): string[] => (text ? text.split(',').map(hop => hop.trim()) : []);

const router = (vpc: VpcInput): Row => ({
  table: 'Logical_Router',
  columns: { name: vpc.name, options: ROUTER_OPTIONS, load_balancer_group: [loadBalancersOf(vpc.name)] },
});

const inRouter = (vpc: string, column: string): readonly Membership[] => [{ of: routerOf(vpc), column }];

const staticRouteKey = (route: StaticRoute): string =>
  `Route/${route.policy ?? 'policyDst'}/${route.cidr}/${route.nextHopIP}`;

const staticRoute = (vpc: string, route: StaticRoute): Row => ({
  table: 'Logical_Router_Static_Route',
  columns: { ip_prefix: route.cidr, nexthop: route.nextHopIP, policy: ECMP_SYMBOL[route.policy ?? 'policyDst'] },
  memberOf: inRouter(vpc, 'static_routes'),
});

const policyRouteKey = (route: PolicyRoute): string => `Policy/${route.priority}/${route.match}`;

const policyRoute = (vpc: string, route: PolicyRoute): Row => ({
  table: 'Logical_Router_Policy',
  columns: {
    priority: route.priority,
    match: route.match,
    action: route.action,
    nexthops: hopsOf(route.nextHopIP),
  },
  memberOf: inRouter(vpc, 'policies'),
});
