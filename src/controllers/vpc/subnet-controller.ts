import { compileSubnetObject } from '../../compile/ovn/subnet-object.ts';
import { providerNetworkKind } from '../../resources/kubeovn/provider-network.ts';
import { subnetKind } from '../../resources/kubeovn/subnet.ts';
import { vlanKind } from '../../resources/kubeovn/vlan.ts';
import { controller } from '../controller.ts';

export const subnetController = controller({
  type: subnetKind.type,
  style: 'whole',
  desired: (subnet, { reads, pools }) => {
    const vlan = subnet.spec.vlan ? reads.get(vlanKind.type, subnet.spec.vlan) : undefined;
    const providerName = vlan?.spec.provider || vlan?.spec.providerInterfaceName;
    return compileSubnetObject({
      subnet,
      vlan,
      provider: providerName ? reads.get(providerNetworkKind.type, providerName) : undefined,
      usage: pools.usage(subnet, reads),
    });
  },
});
