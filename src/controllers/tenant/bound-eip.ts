import { bindingOf, wantsLoadBalancer } from '../../compile/exposure/binding.ts';
import { eipPortKey } from '../../compile/exposure/ports.ts';
import type { BoundEip } from '../../compile/exposure/service.ts';
import { type Owner, ownerOf } from '../../converge/piece.ts';
import { parseIp } from '../../net/ip.ts';
import { type Service, serviceType } from '../../resources/builtin/core.ts';
import { findCondition } from '../../resources/conditions.ts';
import { eipKind } from '../../resources/kube-dc/eip.ts';
import { type OvnEip, ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import { serviceLabels } from '../../resources/names.ts';
import { OWNER_INDEX, type Reads } from '../caches.ts';
import type { Context } from '../controller.ts';
import { rightful } from '../ovn-eips.ts';
import { ownerOfObject } from '../targets/kube-identity.ts';

/** An EIp as who uses it sees it. */
export interface EipInUse extends BoundEip {
  readonly ovnEip: OvnEip | undefined;
}

/** @param key `namespace/name` of the EIp */
export const eipInUse = (key: string, user: Owner, reads: Reads): EipInUse => {
  const eip = reads.get(eipKind.type, key);
  // A status is a report, and tenants may have a way to write theirs. The OvnEip made for the EIp is the record of its address.
  const [ovnEip] = reads.by(ovnEipKind.type, OWNER_INDEX, ownerOf('EIp', key));
  const address = parseIp((eip && rightful(ovnEip, reads)?.spec.v4Ip) || '');
  return {
    name: key.slice(key.indexOf('/') + 1),
    exists: eip !== undefined,
    ours: eip === undefined || [user, undefined].includes(ownerOfObject(eip)),
    networkType: eip?.spec.externalNetworkType,
    address: address.ok ? address.value : undefined,
    problem: findCondition(eip?.status?.conditions, 'Ready')?.message,
    ovnEip,
  };
};

/** A Service that is bound to another EIp by name does not use the one that was made for it. */
const usesItsOwn = (service: Service): boolean => bindingOf(service).kind !== 'named';

/** The Service that an EIp was made for, if it uses it. */
const madeFor = (key: string, reads: Reads): Service[] => {
  const [namespace] = key.split('/');
  const name = reads.get(eipKind.type, key)?.metadata.labels?.[serviceLabels.sourceService];
  const service = name === undefined ? undefined : reads.get(serviceType, `${namespace}/${name}`);
  return service && usesItsOwn(service) ? [service] : [];
};

const loadBalancers = (services: readonly Service[], { settings }: Context): Service[] =>
  [...new Set(services)].filter(service => wantsLoadBalancer(service, settings.loadBalancerClass));

/** Load balancer Services on an EIp: bound to it by name, or because it was made for them. */
export const servicesOn = (key: string, context: Context): Service[] =>
  loadBalancers([...context.reads.by(serviceType, 'eip', key), ...madeFor(key, context.reads)], context);

/** Those of them that want a port which this one wants too, itself among them. What the others do is no matter of its. */
export const rivalsOf = (service: Service, key: string, context: Context): Service[] => {
  const samePort = (service.spec.ports ?? []).flatMap(port =>
    context.reads.by(serviceType, 'eipPort', eipPortKey(key, port)),
  );
  return loadBalancers([...samePort, ...madeFor(key, context.reads)], context);
};
