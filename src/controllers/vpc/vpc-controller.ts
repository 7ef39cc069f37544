import { notReady, type Readiness } from '../../compile/desired.ts';
import { isExternal } from '../../compile/networks.ts';
import { gatewayOvnEipName, type WantedGateway } from '../../compile/ovn/gateway-address.ts';
import { compileVpcObject, externalSubnetsOf } from '../../compile/ovn/vpc-object.ts';
import { ownerOf } from '../../converge/piece.ts';
import { ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import { subnetKind } from '../../resources/kubeovn/subnet.ts';
import { type Vpc, vpcKind } from '../../resources/kubeovn/vpc.ts';
import { type Context, controller } from '../controller.ts';
import { ownerOfObject } from '../targets/kube-identity.ts';

export const vpcController = controller({
  type: vpcKind.type,
  style: 'whole',
  desired: (vpc, context) => {
    const externalSubnets = externalSubnetsOf(vpc, context.settings.defaultExternalSubnet);
    // A project's gateway addresses are its EIps.
    const own = ownerOfObject(vpc)?.startsWith('Project/')
      ? []
      : externalSubnets.map(subnet => gatewayOf(vpc, subnet, context));
    return compileVpcObject({
      vpc,
      subnets: context.reads.by(subnetKind.type, 'vpc', vpc.metadata.name).map(subnet => subnet.metadata.name),
      externalSubnets,
      gateways: own.flatMap(({ gateway }) => gateway ?? []),
      gatewayProblem: own.find(({ problem }) => problem)?.problem,
    });
  },
});

/** The address of the router's port in an external subnet, unless somebody else made the OvnEip of it. */
const gatewayOf = (
  vpc: Vpc,
  externalSubnet: string,
  { reads, pools }: Context,
): { readonly gateway?: WantedGateway; readonly problem?: Readiness } => {
  const owner = ownerOf('Vpc', vpc.metadata.name);
  const live = reads.get(ovnEipKind.type, gatewayOvnEipName(vpc.metadata.name, externalSubnet));
  const subnet = reads.get(subnetKind.type, externalSubnet);
  const field = `Vpc ${vpc.metadata.name}: spec.extraExternalSubnets`;
  if (!subnet || !isExternal(subnet))
    return {
      problem: notReady(
        'SubnetNotFound',
        `${field} names ${externalSubnet}, which is not an external Subnet. Create it, or name one that is.`,
      ),
    };
  if (live && ownerOfObject(live) !== owner) return {};
  const held = pools.hold({ subnet, owner, requested: live?.spec.v4Ip, field }, reads);
  return held.ok
    ? { gateway: { vpc: vpc.metadata.name, externalSubnet, address: held.address } }
    : { problem: notReady(held.reason, held.message) };
};
