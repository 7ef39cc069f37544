import { isExternal } from '../../compile/networks.ts';
import { compileOvnEipObject } from '../../compile/ovn/ovn-eip-object.ts';
import { nodeType } from '../../resources/builtin/core.ts';
import { type OvnEip, ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import { subnetKind } from '../../resources/kubeovn/subnet.ts';
import { vpcKind } from '../../resources/kubeovn/vpc.ts';
import { ovnAnnotations } from '../../resources/names.ts';
import type { Reads } from '../caches.ts';
import { controller } from '../controller.ts';
import { olderHolder } from '../ovn-eips.ts';

export const ovnEipController = controller({
  type: ovnEipKind.type,
  style: 'whole-with-ready',
  desired: (ovnEip, { reads }) => {
    const subnet = reads.get(subnetKind.type, ovnEip.spec.externalSubnet);
    return compileOvnEipObject({
      ovnEip,
      externalSubnet: subnet && isExternal(subnet) ? subnet : undefined,
      holder: olderHolder(ovnEip, reads),
      vpc: vpcOfGateway(ovnEip, reads),
      chassis: ovnEip.spec.type === 'lrp' ? gatewayChassis(reads) : [],
    });
  },
});

const vpcOfGateway = ({ metadata, spec }: OvnEip, reads: Reads): string | undefined => {
  const suffix = `-${spec.externalSubnet}`;
  if (spec.type !== 'lrp' || !metadata.name.endsWith(suffix)) return undefined;
  return reads.get(vpcKind.type, metadata.name.slice(0, -suffix.length))?.metadata.name;
};

/** A node's chassis has the node's name unless its annotation says otherwise. */
const gatewayChassis = (reads: Reads): string[] =>
  reads
    .by(nodeType, 'gateway', 'true')
    .map(({ metadata }) => metadata.annotations?.[ovnAnnotations.chassis] ?? metadata.name);
