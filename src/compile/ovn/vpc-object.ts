import type { Vpc } from '../../resources/kubeovn/vpc.ts';
import { type Desired, isReady, type Readiness, reject } from '../desired.ts';
import { gatewayOvnEip, type WantedGateway } from './gateway-address.ts';
import { compileVpc } from './vpc.ts';

export interface VpcObjectInput {
  readonly vpc: Vpc;
  /** Subnets attached to it, by name. */
  readonly subnets: readonly string[];
  /** Gateway addresses that nobody else provides: a Vpc without a Project. */
  readonly gateways: readonly WantedGateway[];
  readonly externalSubnets: readonly string[];
  /** Why its router has no port in one of them. */
  readonly gatewayProblem: Readiness | undefined;
}

/** Names of the external subnets that a VPC's router has a port in. */
export const externalSubnetsOf = ({ spec }: Vpc, defaultExternalSubnet: string): string[] => {
  const extra = spec.extraExternalSubnets ?? [];
  return extra.length === 0 && spec.enableExternal ? [defaultExternalSubnet] : [...new Set(extra)];
};

export const compileVpcObject = (input: VpcObjectInput): Desired => {
  const problem = routeProblem(input.vpc);
  return problem === undefined
    ? desiredVpc(input)
    : reject('InvalidRoute', `Vpc ${input.vpc.metadata.name}: ${problem}`);
};

type PolicyRoutes = NonNullable<Vpc['spec']['policyRoutes']>;

const routeProblem = ({ spec }: Vpc): string | undefined => {
  const index = (spec.staticRoutes ?? []).findIndex(route => route.cidr === '' || route.nextHopIP === '');
  if (index >= 0) return `spec.staticRoutes[${index}] needs both cidr and nextHopIP.`;
  return contradiction(spec.policyRoutes ?? []);
};

/** Of two policies with one priority and one match, which acts is chance. */
const contradiction = (policies: PolicyRoutes): string | undefined => {
  for (const [index, policy] of policies.entries()) {
    const first = policies.findIndex(other => other.priority === policy.priority && other.match === policy.match);
    const other = policies[first];
    if (other && (other.action !== policy.action || other.nextHopIP !== policy.nextHopIP))
      return `spec.policyRoutes[${index}] contradicts spec.policyRoutes[${first}], which has the same priority and match. Remove one, or give it another priority.`;
  }
  return undefined;
};

const desiredVpc = ({ vpc, subnets, gateways, externalSubnets, gatewayProblem }: VpcObjectInput): Desired => ({
  objects: gateways.map(gatewayOvnEip),
  rows: compileVpc({
    name: vpc.metadata.name,
    staticRoutes: (vpc.spec.staticRoutes ?? []).map(route => ({ ...route, policy: route.policy || undefined })),
    policyRoutes: vpc.spec.policyRoutes ?? [],
  }),
  own: {
    status: {
      router: vpc.metadata.name,
      standby: true,
      subnets: subnets.toSorted(),
      ...(vpc.spec.defaultSubnet && { defaultLogicalSwitch: vpc.spec.defaultSubnet }),
      enableExternal: externalSubnets.length > 0,
      extraExternalSubnets: (vpc.spec.extraExternalSubnets ?? []).toSorted(),
    },
    ready: gatewayProblem ?? isReady(`Logical router ${vpc.metadata.name}.`),
  },
});
