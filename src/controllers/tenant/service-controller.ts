import { type Desired, NOTHING } from '../../compile/desired.ts';
import { automaticEipName } from '../../compile/exposure/automatic-eip.ts';
import { type Binding, bindingOf, wantsLoadBalancer } from '../../compile/exposure/binding.ts';
import { type BoundEip, compileExposure, type NamespaceNetwork } from '../../compile/exposure/service.ts';
import { networksOf, vpcOf } from '../../compile/networks.ts';
import { ownerOf } from '../../converge/piece.ts';
import { parseIp } from '../../net/ip.ts';
import { type Service, serviceType } from '../../resources/builtin/core.ts';
import { endpointSliceType } from '../../resources/builtin/discovery.ts';
import { findCondition } from '../../resources/conditions.ts';
import { type EIp, eipKind } from '../../resources/kube-dc/eip.ts';
import { ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import { subnetKind } from '../../resources/kubeovn/subnet.ts';
import { objectKey } from '../../resources/meta.ts';
import { serviceLabels } from '../../resources/names.ts';
import { OWNER_INDEX, type Reads } from '../caches.ts';
import { type Context, controller } from '../controller.ts';
import { projectOf, subnetsOf } from '../namespaces.ts';
import { ownerOfObject } from '../targets/kube-identity.ts';

export const serviceController = controller({
  type: serviceType,
  style: 'shared',
  desired: (service, context) => {
    if (!wantsLoadBalancer(service, context.settings.loadBalancerClass) || service.metadata.deletionTimestamp)
      return notOurs(service);
    const { reads } = context;
    const binding = bindingOf(service);
    const eip = eipOf(service, binding, reads);
    return compileExposure({
      service,
      binding,
      network: networkOf(service.metadata.namespace ?? '', context),
      eip,
      sharers: sharersOf(service, eip.name, context),
      slices: reads.by(endpointSliceType, 'service', objectKey(service.metadata)),
    });
  },
});

/** What a LoadBalancer Service left behind when it became another's, or no load balancer any more. */
const notOurs = (service: Service): Desired => ({
  ...NOTHING,
  ...(service.spec.type !== 'LoadBalancer' && isOnceOurs(service) && { own: { status: { loadBalancer: {} } } }),
});

const isOnceOurs = ({ status }: Service): boolean =>
  status?.loadBalancer?.ingress !== undefined || findCondition(status?.conditions, 'Ready') !== undefined;

const eipOf = (service: Service, binding: Binding, reads: Reads): BoundEip => {
  const owner = ownerOf('Service', objectKey(service.metadata));
  const name = binding.kind === 'named' ? binding.eip : automaticName(service, reads);
  const key = `${service.metadata.namespace}/${name}`;
  const eip = reads.get(eipKind.type, key);
  // A status is a report, and tenants may have a way to write theirs. The OvnEip made for the EIp is the record of its address.
  const [ovnEip] = reads.by(ovnEipKind.type, OWNER_INDEX, ownerOf('EIp', key));
  const isAnothers = findCondition(ovnEip?.status?.conditions, 'Ready')?.reason === 'AddressConflict';
  const address = parseIp((eip && !isAnothers && ovnEip?.spec.v4Ip) || '');
  return {
    name,
    exists: eip !== undefined,
    ours: eip === undefined || [owner, undefined].includes(ownerOfObject(eip)),
    networkType: eip?.spec.externalNetworkType,
    address: address.ok ? address.value : undefined,
    problem: findCondition(eip?.status?.conditions, 'Ready')?.message,
  };
};

/** An EIp that is labelled as made for the Service serves it, whatever its name, one that a user made before ours; else the one we make. */
const automaticName = (service: Service, reads: Reads): string => {
  const rank = (eip: EIp): string => `${ownerOfObject(eip) ? 1 : 0} ${eip.metadata.name}`;
  const made = reads
    .by(eipKind.type, 'service', objectKey(service.metadata))
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return made[0]?.metadata.name ?? automaticEipName(service);
};

const networkOf = (namespace: string, { reads, settings }: Context): NamespaceNetwork | undefined => {
  const [subnet] = subnetsOf(namespace, reads, settings);
  if (!subnet) return undefined;
  const vpc = vpcOf(subnet);
  const cidrs = reads.by(subnetKind.type, 'vpc', vpc).flatMap(other => {
    const networks = networksOf(other);
    return networks.ok ? networks.value.map(({ cidr }) => cidr) : [];
  });
  return { vpc, cidrs, defaultNetworkType: projectOf(namespace, reads)?.spec.egressNetworkType ?? 'cloud' };
};

/** Load balancer Services bound to the same EIp: by name, or because it was made for them. */
const sharersOf = (service: Service, eip: string, { reads, settings }: Context): Service[] => {
  const key = `${service.metadata.namespace}/${eip}`;
  const madeFor = reads.get(eipKind.type, key)?.metadata.labels?.[serviceLabels.sourceService];
  const source = madeFor === undefined ? undefined : reads.get(serviceType, `${service.metadata.namespace}/${madeFor}`);
  const all = [
    ...reads.by(serviceType, 'eip', key),
    ...(source && bindingOf(source).kind === 'automatic' ? [source] : []),
  ];
  return all.filter(other => wantsLoadBalancer(other, settings.loadBalancerClass));
};
