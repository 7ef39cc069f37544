import { compileFip, eipNameOf, type FipTarget, ovnFipName } from '../../compile/exposure/fip.ts';
import { ownerOf } from '../../converge/piece.ts';
import { parseIp } from '../../net/ip.ts';
import { type FIp, fipKind } from '../../resources/kube-dc/fip.ts';
import { ovnFipKind } from '../../resources/kubeovn/ovn-fip.ts';
import { objectKey } from '../../resources/meta.ts';
import { controller } from '../controller.ts';
import { networkOf } from '../namespaces.ts';
import { eipInUse, servicesOn } from './bound-eip.ts';

export const fipController = controller({
  type: fipKind.type,
  style: 'whole-with-ready',
  desired: (fip, context) => {
    const { reads } = context;
    const namespace = fip.metadata.namespace ?? '';
    const eipKey = `${namespace}/${eipNameOf(fip)}`;
    const { ovnEip, ...eip } = eipInUse(eipKey, ownerOf('FIp', objectKey(fip.metadata)), reads);
    return compileFip({
      fip,
      target: targetOf(fip),
      network: networkOf(namespace, context),
      eip: { ...eip, ovnEip: ovnEip?.metadata.name },
      isGateway: ovnEip?.spec.type === 'lrp',
      others: { fips: reads.by(fipKind.type, 'eip', eipKey), services: servicesOn(eipKey, context) },
      live: reads.get(ovnFipKind.type, ovnFipName(fip)),
    });
  },
});

const targetOf = ({ spec }: FIp): FipTarget => {
  if (spec.ipAddress === undefined)
    return { ok: false, reason: 'UnsupportedTarget', message: 'spec.vmTarget is not supported; give spec.ipAddress.' };
  const address = parseIp(spec.ipAddress);
  return address.ok
    ? { ok: true, address: address.value }
    : { ok: false, reason: 'InvalidTarget', message: `spec.ipAddress: ${address.error}` };
};
