import { compileSnatObject, snatSource } from '../../compile/ovn/snat-object.ts';
import { ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import { ovnSnatRuleKind } from '../../resources/kubeovn/ovn-snat-rule.ts';
import { subnetKind } from '../../resources/kubeovn/subnet.ts';
import { controller } from '../controller.ts';
import { rightful } from '../ovn-eips.ts';

export const snatController = controller({
  type: ovnSnatRuleKind.type,
  style: 'whole-with-ready',
  desired: (rule, { reads }) => {
    const subnet = rule.spec.vpcSubnet ? reads.get(subnetKind.type, rule.spec.vpcSubnet) : undefined;
    const source = snatSource(rule, subnet);
    return compileSnatObject({
      rule,
      subnet,
      ovnEip: rightful(reads.get(ovnEipKind.type, rule.spec.ovnEip), reads),
      gateways: source.ok
        ? reads.by(ovnEipKind.type, 'gatewayOf', source.value.vpc).filter(gateway => rightful(gateway, reads))
        : [],
    });
  },
});
