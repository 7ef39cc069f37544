import type { ProviderNetwork } from '../../resources/kubeovn/provider-network.ts';
import type { Subnet } from '../../resources/kubeovn/subnet.ts';
import type { Vlan } from '../../resources/kubeovn/vlan.ts';
import { type Desired, isReady, reject } from '../desired.ts';
import { isExternal, networksOf, vpcOf } from '../networks.ts';
import { compileExternalSubnet, compileOverlaySubnet } from './subnet.ts';

export interface SubnetObjectInput {
  readonly subnet: Subnet;
  /** Of an external subnet; undefined: there is none of that name. */
  readonly vlan: Vlan | undefined;
  readonly provider: ProviderNetwork | undefined;
  readonly usage: SubnetUsage;
}

/** How many addresses are held and free. */
export interface SubnetUsage {
  readonly using: number;
  readonly available: number;
}

export const compileSubnetObject = (input: SubnetObjectInput): Desired => {
  const networks = networksOf(input.subnet);
  if (!networks.ok) return reject('InvalidSubnet', networks.error);
  if (isExternal(input.subnet)) return external(input);
  const { name } = input.subnet.metadata;
  const vpc = vpcOf(input.subnet);
  return {
    rows: compileOverlaySubnet({ name, vpc, networks: networks.value }),
    own: { status: usageStatus(input.usage), ready: isReady(`Logical switch ${name} in VPC ${vpc}.`) },
  };
};

const external = ({ subnet, vlan, provider, usage }: SubnetObjectInput): Desired => {
  const { name } = subnet.metadata;
  if (!vlan)
    return reject(
      'VlanNotFound',
      `Subnet ${name}: spec.vlan names Vlan ${subnet.spec.vlan}, which does not exist. Create it, or name one that does.`,
    );
  const providerName = vlan.spec.provider || vlan.spec.providerInterfaceName || '';
  if (!provider) {
    return reject(
      'ProviderNetworkNotFound',
      `Subnet ${name}: Vlan ${vlan.metadata.name} names ProviderNetwork '${providerName}' in spec.provider, which does not exist. Create it, or name one that does.`,
    );
  }
  const id = vlan.spec.id ?? vlan.spec.vlanId ?? 0;
  return {
    rows: compileExternalSubnet({ name, provider: providerName, vlan: id }),
    own: { status: usageStatus(usage), ready: isReady(`VLAN ${id} of provider network ${providerName}.`) },
  };
};

const usageStatus = ({ using, available }: SubnetUsage): Readonly<Record<string, unknown>> => ({
  v4usingIPs: using,
  v4availableIPs: available,
});
