import { gatewayOvnEipName, namespacedOvnEipName, natOvnEipName } from '../../compile/ovn/gateway-address.ts';
import { compileEip, type EipAddress, type EipOwner } from '../../compile/project/eip.ts';
import { secondaryGatewayEipName } from '../../compile/project/project.ts';
import { ownerOf } from '../../converge/piece.ts';
import { type EIp, eipKind } from '../../resources/kube-dc/eip.ts';
import { fipKind } from '../../resources/kube-dc/fip.ts';
import { type Project, projectKind } from '../../resources/kube-dc/project.ts';
import { type OvnEip, ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import { type Subnet, subnetKind } from '../../resources/kubeovn/subnet.ts';
import { type KubeObject, objectKey } from '../../resources/meta.ts';
import { defaultGatewayEip, externalNetworkTypeLabel } from '../../resources/names.ts';
import { OWNER_INDEX, type Reads } from '../caches.ts';
import { type Context, controller } from '../controller.ts';
import { externalSubnetsByAge, projectOf } from '../namespaces.ts';
import { olderHolder } from '../ovn-eips.ts';
import { OWNER_ANNOTATION, ownerOfObject } from '../targets/kube-identity.ts';
import { servicesOn } from './bound-eip.ts';

export const eipController = controller({
  type: eipKind.type,
  style: 'whole-with-ready',
  desired: (eip, context) => {
    const { reads } = context;
    const project = projectOf(eip.metadata.namespace ?? '', reads);
    const [mine] = reads.by(ovnEipKind.type, OWNER_INDEX, ownerOf('EIp', objectKey(eip.metadata)));
    const networkType = eip.spec.externalNetworkType ?? project?.spec.egressNetworkType ?? 'cloud';
    const subnet = mine
      ? reads.get(subnetKind.type, mine.spec.externalSubnet)
      : externalSubnetsByAge(reads.by(subnetKind.type, 'networkType', networkType))[0];
    const gateway = project !== undefined && isGateway(eip, project, networkType);
    const ovnEip = ovnEipOf(
      eip,
      mine,
      reads,
      gateway && subnet ? gatewayOvnEipName(eip.metadata.namespace ?? '', subnet.metadata.name) : undefined,
    );
    return compileEip({
      eip,
      ovnEip: { ...ovnEip, type: gateway ? 'lrp' : 'nat' },
      externalSubnet: subnet?.metadata.name,
      held: heldFor(eip, project, subnet, ovnEip, context) ?? noNetwork(eip, networkType, reads),
      owners: ownersOf(eip, gateway ? project : undefined, context),
    });
  },
});

const isGateway = ({ metadata, spec }: EIp, project: Project, networkType: string): boolean =>
  metadata.name === defaultGatewayEip
    ? networkType === project.spec.egressNetworkType
    : metadata.name === secondaryGatewayEipName(spec.externalNetworkType ?? '') &&
      networkType !== project.spec.egressNetworkType;

interface OvnEipPlace {
  readonly name: string;
  readonly live: OvnEip | undefined;
}

/**
 * OvnEips of all namespaces share one space of names. A gateway's has the one its router's port is found by, whatever was made before its
 * Project was there. Another keeps the name it has; a new one is called `eip-{eip}`, and where another EIp was first, by its namespace too.
 */
const ovnEipOf = (eip: EIp, mine: OvnEip | undefined, reads: Reads, gatewayName: string | undefined): OvnEipPlace => {
  if (mine && (gatewayName === undefined || mine.metadata.name === gatewayName))
    return { name: mine.metadata.name, live: mine };
  const name = eip.spec.childRef || gatewayName;
  const plain = natOvnEipName(eip.metadata.name);
  if (name || !reads.get(ovnEipKind.type, plain)) return { name: name || plain, live: undefined };
  return { name: namespacedOvnEipName(eip.metadata.namespace ?? '', eip.metadata.name), live: undefined };
};

/** undefined: no network of its type. */
const heldFor = (
  eip: EIp,
  project: Project | undefined,
  subnet: Subnet | undefined,
  ovnEip: OvnEipPlace,
  context: Context,
): EipAddress | undefined => {
  const key = objectKey(eip.metadata);
  if (!project && ownerOfObject(eip)?.startsWith(`${projectKind.type.kind}/`))
    return { ok: false, reason: 'ProjectGone', message: `EIp ${key}: its Project is gone, and it goes too.` };
  if (!subnet) return undefined;
  // An automatic address that turned out to be another's is given up; the next reconcile finds another.
  if (ovnEip.live && !eip.spec.ipAddress && !eip.spec.childRef && olderHolder(ovnEip.live, context.reads) !== undefined)
    return {
      ok: false,
      reason: 'AddressConflict',
      message: `EIp ${key}: its address was another's; it gets one anew.`,
      lost: true,
    };
  return hold(eip, subnet, ovnEip, context);
};

const hold = (eip: EIp, subnet: Subnet, { live }: OvnEipPlace, { reads, pools }: Context): EipAddress => {
  const key = objectKey(eip.metadata);
  const owner = ownerOf('EIp', key);
  // Addresses of others have names too: a tenant may use only what was handed over.
  if (eip.spec.childRef && !live)
    return {
      ok: false,
      reason: 'ChildRefNotYours',
      message: `EIp ${key}: spec.childRef names OvnEip ${eip.spec.childRef}, which was not handed over to it. Leave spec.childRef out for an address of its own, or ask an administrator to set the OvnEip's annotation ${OWNER_ANNOTATION}=${owner}.`,
    };
  const requested = live?.spec.v4Ip || eip.spec.ipAddress;
  const field = `EIp ${key}: ${eip.spec.ipAddress ? 'spec.ipAddress' : 'spec.externalNetworkType'}`;
  return pools.hold({ subnet, owner, requested, field }, reads);
};

const noNetwork = (eip: EIp, networkType: string, reads: Reads): EipAddress => {
  const types = reads
    .by(subnetKind.type, 'external', 'true')
    .flatMap(({ metadata }) => metadata.labels?.[externalNetworkTypeLabel] ?? []);
  return {
    ok: false,
    reason: 'NoExternalNetwork',
    message: `EIp ${objectKey(eip.metadata)}: spec.externalNetworkType is ${networkType}, but no external Subnet is of that type. ${types.length > 0 ? `Create the EIp with one that there is: ${types.join(', ')}.` : 'An administrator has to create one.'}`,
  };
};

/** Services and FIps that use it, and the Project whose gateway it is. */
const ownersOf = (eip: EIp, project: Project | undefined, context: Context): EipOwner[] => {
  const key = objectKey(eip.metadata);
  const owners = (type: string, objects: readonly KubeObject[]): EipOwner[] =>
    [...new Set(objects.map(({ metadata }) => metadata.name))].toSorted().map(ownerRef => ({ type, ownerRef }));
  return [
    ...(project ? [{ type: 'Project', ownerRef: objectKey(project.metadata) }] : []),
    ...owners('FIp', context.reads.by(fipKind.type, 'eip', key)),
    ...owners('Service', servicesOn(key, context)),
  ];
};
