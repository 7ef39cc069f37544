import { compileProviderNetwork, compileVlan } from '../../compile/ovn/physical-network.ts';
import { providerNetworkKind } from '../../resources/kubeovn/provider-network.ts';
import { subnetKind } from '../../resources/kubeovn/subnet.ts';
import { vlanKind } from '../../resources/kubeovn/vlan.ts';
import { controller } from '../controller.ts';

export const vlanController = controller({
  type: vlanKind.type,
  style: 'whole',
  desired: (vlan, { reads }) => {
    const provider = vlan.spec.provider || vlan.spec.providerInterfaceName;
    return compileVlan({
      vlan,
      provider: provider ? reads.get(providerNetworkKind.type, provider) : undefined,
      subnets: reads.by(subnetKind.type, 'vlan', vlan.metadata.name).map(subnet => subnet.metadata.name),
    });
  },
});

export const providerNetworkController = controller({
  type: providerNetworkKind.type,
  style: 'whole-with-ready',
  desired: (provider, { reads }) =>
    compileProviderNetwork(
      provider,
      reads.by(vlanKind.type, 'provider', provider.metadata.name).map(vlan => vlan.metadata.name),
    ),
});
