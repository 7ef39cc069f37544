import { compileFip, eipNameOf, ovnFipName } from '../../compile/exposure/fip.ts';
import { fipTargetOf } from '../../compile/exposure/fip-target.ts';
import { ownerOf } from '../../converge/piece.ts';
import { fipKind } from '../../resources/kube-dc/fip.ts';
import { ovnFipKind } from '../../resources/kubeovn/ovn-fip.ts';
import { virtualMachineInstanceType } from '../../resources/kubevirt/virtual-machine-instance.ts';
import { objectKey } from '../../resources/meta.ts';
import { controller } from '../controller.ts';
import { networkOf } from '../namespaces.ts';
import { eipInUse, servicesOn } from './bound-eip.ts';

export const fipController = controller({
  type: fipKind.type,
  style: 'whole-with-ready',
  desired: (fip, context) => {
    const { reads } = context;
    const vm = fip.spec.vmTarget;
    const namespace = fip.metadata.namespace ?? '';
    const eipKey = `${namespace}/${eipNameOf(fip)}`;
    const { ovnEip, ...eip } = eipInUse(eipKey, ownerOf('FIp', objectKey(fip.metadata)), reads);
    return compileFip({
      fip,
      target: fipTargetOf(fip, vm && reads.get(virtualMachineInstanceType, `${namespace}/${vm.vmName}`)),
      network: networkOf(namespace, context),
      eip: { ...eip, ovnEip: ovnEip?.metadata.name },
      isGateway: ovnEip?.spec.type === 'lrp',
      others: { fips: reads.by(fipKind.type, 'eip', eipKey), services: servicesOn(eipKey, context) },
      live: reads.get(ovnFipKind.type, ovnFipName(fip)),
    });
  },
});
