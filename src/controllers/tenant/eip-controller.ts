import { bindingOf, wantsLoadBalancer } from '../../compile/exposure/binding.ts';
import { shortHash } from '../../compile/naming.ts';
import { gatewayOvnEipName, natOvnEipName } from '../../compile/ovn/gateway-address.ts';
import { compileEip, type EipAddress, type EipOwner } from '../../compile/project/eip.ts';
import { secondaryGatewayEipName } from '../../compile/project/project.ts';
import { ownerOf } from '../../converge/piece.ts';
import { type Service, serviceType } from '../../resources/builtin/core.ts';
import { type EIp, eipKind } from '../../resources/kube-dc/eip.ts';
import type { Project } from '../../resources/kube-dc/project.ts';
import { type OvnEip, ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import { type Subnet, subnetKind } from '../../resources/kubeovn/subnet.ts';
import { objectKey } from '../../resources/meta.ts';
import { defaultGatewayEip, externalNetworkTypeLabel, serviceLabels } from '../../resources/names.ts';
import { OWNER_INDEX, type Reads } from '../caches.ts';
import { type Context, controller } from '../controller.ts';
import { externalSubnetsByAge, projectOf } from '../namespaces.ts';
import { OWNER_ANNOTATION } from '../targets/kube-identity.ts';

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
      held: subnet ? hold(eip, subnet, ovnEip, context) : noNetwork(eip, networkType, reads),
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
 * OvnEips of all namespaces share one space of names. The one made for this EIp keeps its name; a new one is called `eip-{eip}`, and where
 * another EIp was first, gets a hash of its namespace besides.
 */
const ovnEipOf = (eip: EIp, mine: OvnEip | undefined, reads: Reads, gatewayName: string | undefined): OvnEipPlace => {
  if (mine) return { name: mine.metadata.name, live: mine };
  const plain = natOvnEipName(eip.metadata.name);
  const name = eip.spec.childRef || gatewayName;
  if (name || !reads.get(ovnEipKind.type, plain)) return { name: name || plain, live: undefined };
  return {
    name: natOvnEipName(`${eip.metadata.name}-${shortHash(eip.metadata.namespace ?? '', 8)}`),
    live: undefined,
  };
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

/** A Service that is bound to another EIp by name does not use the one that was made for it. */
const usesItsOwn = (service: Service): boolean => bindingOf(service).kind !== 'named';

/** Services bound to it by name or made for, and the Project whose gateway it is. */
const ownersOf = (eip: EIp, project: Project | undefined, { reads, settings }: Context): EipOwner[] => {
  const key = objectKey(eip.metadata);
  const madeFor = eip.metadata.labels?.[serviceLabels.sourceService];
  const source = madeFor === undefined ? undefined : reads.get(serviceType, `${eip.metadata.namespace}/${madeFor}`);
  const services = [...reads.by(serviceType, 'eip', key), ...(source && usesItsOwn(source) ? [source] : [])].filter(
    service => wantsLoadBalancer(service, settings.loadBalancerClass),
  );
  const names = [...new Set(services.map(service => service.metadata.name))].toSorted();
  return [
    ...(project ? [{ type: 'Project', ownerRef: `${project.metadata.namespace}/${project.metadata.name}` }] : []),
    ...names.map(name => ({ type: 'Service', ownerRef: name })),
  ];
};
