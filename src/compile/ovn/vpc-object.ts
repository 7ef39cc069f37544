import type { Vpc } from '../../resources/kubeovn/vpc.ts';
import { type Desired, isReady } from '../desired.ts';
import { gatewayOvnEip, type WantedGateway } from './gateway-address.ts';
import { compileVpc } from './vpc.ts';

export interface VpcObjectInput {
  readonly vpc: Vpc;
  /** Subnets attached to it, by name. */
  readonly subnets: readonly string[];
  /** Gateway addresses that nobody else provides: a Vpc without a Project. */
  readonly gateways: readonly WantedGateway[];
  readonly externalSubnets: readonly string[];
}

/** Names of the external subnets that a VPC's router has a port in. */
export const externalSubnetsOf = ({ spec }: Vpc, defaultExternalSubnet: string): string[] => {
  const extra = spec.extraExternalSubnets ?? [];
  return extra.length === 0 && spec.enableExternal ? [defaultExternalSubnet] : [...new Set(extra)];
};

export const compileVpcObject = ({ vpc, subnets, gateways, externalSubnets }: VpcObjectInput): Desired => ({
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
    ready: isReady(`Logical router ${vpc.metadata.name}.`),
  },
});
