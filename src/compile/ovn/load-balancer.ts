import { familyOf, type Ip } from '../../net/ip.ts';
import { loadBalancersOf, type RowPiece } from './row.ts';

export type Protocol = 'TCP' | 'UDP';

export interface Backend {
  readonly address: Ip;
  readonly port: number;
}

export interface Frontend {
  readonly address: Ip;
  readonly port: number;
  readonly backends: readonly Backend[];
}

/** A load balancer in no database's terms: what a Service wants of its VPC. */
export interface LoadBalancerInput {
  /** `namespace/name` of the Service; part of the row's name. */
  readonly name: string;
  readonly vpc: string;
  readonly frontends: Readonly<Partial<Record<Protocol, readonly Frontend[]>>>;
  /** Seconds; undefined: no session affinity. */
  readonly affinitySeconds: number | undefined;
}

/** `100.65.0.112:80`, `[2001:db8::1]:80`. */
const endpoint = ({ address, port }: { readonly address: Ip; readonly port: number }): string =>
  familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;

/**
 * One Load_Balancer per protocol with all VIPs of that protocol, in the VPC's group: router and switches get it through the group,
 * which is what makes its deletion cheap for northd. A VIP without backends answers with a reset (`reject`), as a Service without endpoints does.
 */
export const compileLoadBalancer = (loadBalancer: LoadBalancerInput): RowPiece[] =>
  (['TCP', 'UDP'] as const).flatMap(protocol => {
    const frontends = loadBalancer.frontends[protocol] ?? [];
    return frontends.length === 0 ? [] : [piece(loadBalancer, protocol, frontends)];
  });

const piece = (loadBalancer: LoadBalancerInput, protocol: Protocol, frontends: readonly Frontend[]): RowPiece => ({
  key: protocol,
  value: {
    table: 'Load_Balancer',
    columns: {
      name: `${loadBalancer.name}/${protocol.toLowerCase()}`,
      protocol: protocol.toLowerCase(),
      vips: Object.fromEntries(
        frontends.map(front => [endpoint(front), front.backends.map(endpoint).toSorted().join(',')]),
      ),
      options: {
        reject: 'true',
        ...(loadBalancer.affinitySeconds !== undefined && { affinity_timeout: String(loadBalancer.affinitySeconds) }),
      },
    },
    memberOf: [{ of: loadBalancersOf(loadBalancer.vpc), column: 'load_balancer' }],
  },
});
