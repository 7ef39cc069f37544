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
    return compileVpcObject({
      vpc,
      subnets: context.reads.by(subnetKind.type, 'vpc', vpc.metadata.name).map(subnet => subnet.metadata.name),
      externalSubnets,
      // A project's gateway addresses are its EIps.
      gateways: ownerOfObject(vpc)?.startsWith('Project/') ? [] : gatewaysOf(vpc, externalSubnets, context),
    });
  },
});

/** The addresses of the router's ports in external subnets, but for those that somebody else made the OvnEip of. */
const gatewaysOf = (vpc: Vpc, externalSubnets: readonly string[], { reads, pools }: Context): WantedGateway[] => {
  const owner = ownerOf('Vpc', vpc.metadata.name);
  return externalSubnets.flatMap(externalSubnet => {
    const name = gatewayOvnEipName(vpc.metadata.name, externalSubnet);
    const live = reads.get(ovnEipKind.type, name);
    const subnet = reads.get(subnetKind.type, externalSubnet);
    if (!subnet || (live && ownerOfObject(live) !== owner)) return [];
    const held = pools.hold(
      {
        subnet,
        holder: `OvnEip/${name}`,
        owner,
        requested: live?.spec.v4Ip,
        field: `Vpc ${vpc.metadata.name}: spec.extraExternalSubnets`,
      },
      reads,
    );
    return held.ok ? [{ vpc: vpc.metadata.name, externalSubnet, address: held.address }] : [];
  });
};
