import type { ProviderNetwork } from '../../resources/kubeovn/provider-network.ts';
import type { Vlan } from '../../resources/kubeovn/vlan.ts';
import { type Desired, isReady, reject } from '../desired.ts';

export interface VlanInput {
  readonly vlan: Vlan;
  readonly provider: ProviderNetwork | undefined;
  /** Names of the Subnets on it. */
  readonly subnets: readonly string[];
}

/** A VLAN has no rows of its own: the localnet port of each Subnet on it carries its tag. */
export const compileVlan = ({ vlan, provider, subnets }: VlanInput): Desired => {
  const { name } = vlan.metadata;
  const wanted = vlan.spec.provider || vlan.spec.providerInterfaceName || '';
  if (!provider) {
    return reject(
      'ProviderNetworkNotFound',
      `Vlan ${name}: spec.provider names ProviderNetwork '${wanted}', which does not exist. Create it, or name one that does.`,
    );
  }
  return {
    own: {
      status: { subnets: subnets.toSorted() },
      ready: isReady(`VLAN ${vlan.spec.id ?? vlan.spec.vlanId ?? 0} of ${wanted}.`),
    },
  };
};

/** A provider network has no rows either: each node maps its name to a bridge. */
export const compileProviderNetwork = (provider: ProviderNetwork, vlans: readonly string[]): Desired => ({
  own: { status: { vlans: vlans.toSorted() }, ready: isReady(`Bridge br-${provider.metadata.name} of each node.`) },
});
