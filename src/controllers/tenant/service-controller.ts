import { type Desired, NOTHING, problemOfPart } from '../../compile/desired.ts';
import { automaticEipName } from '../../compile/exposure/automatic-eip.ts';
import { type Binding, bindingOf, wantsLoadBalancer } from '../../compile/exposure/binding.ts';
import { compileExposure } from '../../compile/exposure/service.ts';
import { gatewayOvnEipName } from '../../compile/ovn/gateway-address.ts';
import { ownerOf } from '../../converge/piece.ts';
import { type Service, serviceType } from '../../resources/builtin/core.ts';
import { endpointSliceType } from '../../resources/builtin/discovery.ts';
import { findCondition } from '../../resources/conditions.ts';
import { type EIp, eipKind } from '../../resources/kube-dc/eip.ts';
import { fipKind } from '../../resources/kube-dc/fip.ts';
import { ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import { objectKey } from '../../resources/meta.ts';
import type { Reads } from '../caches.ts';
import { controller } from '../controller.ts';
import { networkOf } from '../namespaces.ts';
import { ownerOfObject } from '../targets/kube-identity.ts';
import { wayBackTo } from '../way-back.ts';
import { type EipInUse, eipInUse, rivalsOf } from './bound-eip.ts';

export const serviceController = controller({
  type: serviceType,
  style: 'shared',
  desired: (service, context) => {
    if (!wantsLoadBalancer(service, context.settings.loadBalancerClass) || service.metadata.deletionTimestamp)
      return notOurs(service);
    const { reads } = context;
    const binding = bindingOf(service);
    const eip = eipOf(service, binding, reads);
    const eipKey = `${service.metadata.namespace}/${eip.name}`;
    const network = networkOf(service.metadata.namespace ?? '', context);
    return compileExposure({
      service,
      binding,
      network,
      eip,
      wayBack: network && eip.ovnEip ? wayBackTo(eip.ovnEip.spec.externalSubnet, network.vpc, reads) : undefined,
      sharers: rivalsOf(service, eipKey, context),
      fips: reads.by(fipKind.type, 'eip', eipKey),
      gatewayProblem: network && eip.ovnEip && gatewayProblem(network.vpc, eip.ovnEip.spec.externalSubnet, reads),
      slices: reads.by(endpointSliceType, 'service', objectKey(service.metadata)),
    });
  },
});

const gatewayProblem = (vpc: string, externalSubnet: string, reads: Reads): string | undefined => {
  const name = gatewayOvnEipName(vpc, externalSubnet);
  return problemOfPart(`OvnEip ${name}`, reads.get(ovnEipKind.type, name));
};

/** What a LoadBalancer Service left behind when it became another's, or no load balancer any more. */
const notOurs = (service: Service): Desired => ({
  ...NOTHING,
  ...(service.spec.type !== 'LoadBalancer' && isOnceOurs(service) && { own: { status: { loadBalancer: {} } } }),
});

const isOnceOurs = ({ status }: Service): boolean =>
  status?.loadBalancer?.ingress !== undefined || findCondition(status?.conditions, 'Ready') !== undefined;

const eipOf = (service: Service, binding: Binding, reads: Reads): EipInUse => {
  const name = binding.kind === 'named' ? binding.eip : automaticName(service, reads);
  return eipInUse(`${service.metadata.namespace}/${name}`, ownerOf('Service', objectKey(service.metadata)), reads);
};

/** An EIp that is labelled as made for the Service serves it, whatever its name, one that a user made before ours; else the one we make. */
const automaticName = (service: Service, reads: Reads): string => {
  const rank = (eip: EIp): string => `${ownerOfObject(eip) ? 1 : 0} ${eip.metadata.name}`;
  const made = reads
    .by(eipKind.type, 'service', objectKey(service.metadata))
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return made[0]?.metadata.name ?? automaticEipName(service);
};
