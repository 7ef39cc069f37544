import { problemOfPart } from '../../compile/desired.ts';
import { networksOf } from '../../compile/networks.ts';
import {
  compileProject,
  defaultSubnetName,
  type ExternalNetwork,
  projectNamespace,
  secondaryGatewayEipName,
} from '../../compile/project/project.ts';
import { type EIp, eipKind } from '../../resources/kube-dc/eip.ts';
import { projectKind } from '../../resources/kube-dc/project.ts';
import { ovnSnatRuleKind } from '../../resources/kubeovn/ovn-snat-rule.ts';
import { type Subnet, subnetKind } from '../../resources/kubeovn/subnet.ts';
import { vpcKind } from '../../resources/kubeovn/vpc.ts';
import { objectKey } from '../../resources/meta.ts';
import { defaultGatewayEip, externalNetworkTypeLabel } from '../../resources/names.ts';
import type { Reads } from '../caches.ts';
import { controller } from '../controller.ts';
import { externalSubnetsByAge } from '../namespaces.ts';

export const projectController = controller({
  type: projectKind.type,
  style: 'whole-with-ready',
  desired: (project, { reads, settings }) => {
    const namespace = projectNamespace(project);
    const external = externalSubnetsByAge(reads.by(subnetKind.type, 'external', 'true'));
    const unlabelled = external.filter(({ metadata }) => metadata.labels?.[externalNetworkTypeLabel] === undefined);
    const join = reads.get(subnetKind.type, settings.joinSubnet);
    return compileProject({
      project,
      externalNetworks: externalNetworks(external),
      reserved: [...unlabelled, ...(join ? [join] : [])].flatMap(subnet =>
        networksIn(subnet).map(({ cidr }) => ({ what: `Subnet ${subnet.metadata.name}`, cidr })),
      ),
      namesakes: reads.by(projectKind.type, 'namespace', namespace),
      defaultExternalSubnet: settings.defaultExternalSubnet,
      usedNetworkTypes: usedNetworkTypes(reads, namespace),
      problems: problemsOf(namespace, reads),
    });
  },
});

/** Of what carries the project's traffic: network, the EIps of its gateways, SNAT. */
const problemsOf = (namespace: string, reads: Reads): string[] => {
  const eips = reads.by(eipKind.type, 'namespace', namespace).filter(isGatewayEip);
  const subnet = defaultSubnetName(namespace);
  return [
    problemOfPart(`Vpc ${namespace}`, reads.get(vpcKind.type, namespace)),
    problemOfPart(`Subnet ${subnet}`, reads.get(subnetKind.type, subnet)),
    ...eips.map(eip => problemOfPart(`EIp ${objectKey(eip.metadata)}`, eip)),
    problemOfPart(`OvnSnatRule ${subnet}`, reads.get(ovnSnatRuleKind.type, subnet)),
  ].filter(problem => problem !== undefined);
};

const isGatewayEip = ({ metadata, spec }: EIp): boolean =>
  metadata.name === defaultGatewayEip || metadata.name === secondaryGatewayEipName(spec.externalNetworkType ?? '');

const networksIn = (subnet: Subnet) => {
  const networks = networksOf(subnet);
  return networks.ok ? networks.value : [];
};

/** Of several of one type the first serves it. */
const externalNetworks = (subnets: readonly Subnet[]): ExternalNetwork[] =>
  subnets.flatMap(subnet => {
    const type = subnet.metadata.labels?.[externalNetworkTypeLabel];
    return type === undefined
      ? []
      : networksIn(subnet)
          .slice(0, 1)
          .map(network => ({ ...network, subnet: subnet.metadata.name, type }));
  });

/** Types of the EIps that the project's users made: each needs the VPC to have a port in that network. */
const usedNetworkTypes = (reads: Reads, namespace: string): string[] =>
  reads
    .by(eipKind.type, 'namespace', namespace)
    .filter(eip => !isGatewayEip(eip))
    .flatMap(({ spec }) => spec.externalNetworkType ?? []);
