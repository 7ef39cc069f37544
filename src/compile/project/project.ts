import {
  broadcast,
  type Cidr,
  cidrContains,
  cidrFamily,
  cidrFirst,
  cidrsOverlap,
  hostAddresses,
  parseCidr,
  prefixLength,
} from '../../net/cidr.ts';
import { type Ip, parseIp } from '../../net/ip.ts';
import { namespaceType } from '../../resources/builtin/core.ts';
import { eipKind } from '../../resources/kube-dc/eip.ts';
import type { Project } from '../../resources/kube-dc/project.ts';
import { ovnSnatRuleKind } from '../../resources/kubeovn/ovn-snat-rule.ts';
import { subnetKind } from '../../resources/kubeovn/subnet.ts';
import { vpcKind } from '../../resources/kubeovn/vpc.ts';
import { objectKey } from '../../resources/meta.ts';
import { defaultGatewayEip, externalNetworkTypeLabel, ovnAnnotations, projectLabels } from '../../resources/names.ts';
import { failure, type Result, success } from '../../resources/result.ts';
import { type Desired, isReady, notReady, type Readiness, reject, type WantedObject } from '../desired.ts';
import { gatewayOvnEipName, natOvnEipPrefix } from '../ovn/gateway-address.ts';

/** An external network as a project sees it. */
export interface ExternalNetwork {
  readonly subnet: string;
  readonly type: string;
  readonly cidr: Cidr;
  readonly gateway: Ip;
}

export interface ProjectInput {
  readonly project: Project;
  readonly externalNetworks: readonly ExternalNetwork[];
  /** Networks no project may overlap, with what they are: `Subnet join`. */
  readonly reserved: readonly { readonly what: string; readonly cidr: Cidr }[];
  /** Every Project whose organisation and name join to the same namespace, this one included. */
  readonly namesakes: readonly Project[];
  /** External network that a Vpc is attached to by `enableExternal`, as Kube-OVN has it. */
  readonly defaultExternalSubnet: string;
  /** Network types that addresses of the project are on, besides its egress. */
  readonly usedNetworkTypes: readonly string[];
  /** What was made for it and is not ready, each in its own words. */
  readonly problems: readonly string[];
}

/** Name of a project's namespace, VPC, and first part of everything else: `{organisation}-{project}`. */
export const projectNamespace = (project: Project): string => `${project.metadata.namespace}-${project.metadata.name}`;

export const defaultSubnetName = (namespace: string): string => `${namespace}-default`;

/** Name of the EIp of a VPC's port in a network that is not its egress. */
export const secondaryGatewayEipName = (networkType: string): string => `gw-${networkType}`;

/** A project: namespace, VPC, subnet, the EIp its traffic leaves with, and the SNAT rule that says so. */
export const compileProject = (input: ProjectInput): Desired => {
  const plan = planOf(input);
  if (!plan.ok) return reject(plan.error.reason, `Project ${objectKey(input.project.metadata)}: ${plan.error.message}`);
  const { namespace, egress, extra } = plan.value;
  return {
    objects: [
      projectNamespaceObject(input.project, namespace),
      vpcObject(plan.value, input.defaultExternalSubnet),
      subnetObject(plan.value),
      ...[egress, ...extra].map(network => gatewayEip(plan.value, network)),
      snatRule(plan.value),
    ],
    own: {
      status: { namespace },
      ready: readinessOf(input, `Namespace and VPC ${namespace}; egress through ${egress.subnet}.`),
    },
  };
};

/** A project is as ready as what it is made of. */
const readinessOf = ({ project, problems }: ProjectInput, message: string): Readiness =>
  problems.length === 0
    ? isReady(message)
    : notReady('PartNotReady', `Project ${objectKey(project.metadata)} waits: ${problems.join(' ')}`);

interface Plan {
  readonly project: Project;
  readonly namespace: string;
  readonly cidr: Cidr;
  readonly gateway: Ip;
  readonly egress: ExternalNetwork;
  readonly extra: readonly ExternalNetwork[];
}

interface Problem {
  readonly reason: string;
  readonly message: string;
}

const problem = (reason: string, message: string): Result<never, Problem> => failure({ reason, message });

const planOf = (input: ProjectInput): Result<Plan, Problem> => {
  const { project, externalNetworks } = input;
  const naming = nameProblem(input);
  if (naming) return failure(naming);
  const lan = lanOf(project);
  if (!lan.ok) return lan;
  const overlap = overlapProblem(lan.value.cidr, input);
  if (overlap) return failure(overlap);
  const egress = externalNetworks.find(network => network.type === project.spec.egressNetworkType);
  if (!egress) return problem('NoExternalNetwork', noNetwork(project.spec.egressNetworkType, externalNetworks));
  const extra = externalNetworks.filter(network => network !== egress && input.usedNetworkTypes.includes(network.type));
  return success({ project, namespace: projectNamespace(project), ...lan.value, egress, extra });
};

const noNetwork = (type: string, available: readonly ExternalNetwork[]): string =>
  `spec.egressNetworkType is ${type}, but no Subnet has the label ${externalNetworkTypeLabel}=${type}. ${
    available.length > 0
      ? `Create the Project with one that there is: ${available.map(network => network.type).join(', ')}.`
      : 'An administrator has to create one.'
  }`;

const nameProblem = ({ project, namesakes }: ProjectInput): Problem | undefined => {
  const namespace = projectNamespace(project);
  if (namespace.startsWith(natOvnEipPrefix)) {
    return {
      reason: 'NameReserved',
      message: `its namespace would be ${namespace}, and names that begin with ${natOvnEipPrefix} are those of addresses. Use another organisation.`,
    };
  }
  if (namespace.length > 63) {
    return {
      reason: 'NameTooLong',
      message: `its namespace would be ${namespace}, ${namespace.length} characters of at most 63. Use a shorter metadata.name.`,
    };
  }
  const first = namesakes.toSorted((a, b) => (ageKey(a) < ageKey(b) ? -1 : 1))[0];
  if (!first || first.metadata.uid === project.metadata.uid) return undefined;
  return {
    reason: 'NameConflict',
    message: `its namespace ${namespace} is that of the older Project ${objectKey(first.metadata)}. Use another metadata.name.`,
  };
};

const ageKey = ({ metadata }: Project): string => `${metadata.creationTimestamp ?? ''} ${objectKey(metadata)}`;

const lanOf = ({ spec }: Project): Result<{ cidr: Cidr; gateway: Ip }, Problem> => {
  const cidr = parseCidr(spec.cidrBlock);
  if (!cidr.ok) return problem('InvalidCIDR', `spec.cidrBlock: ${cidr.error}`);
  const unusable = unusableCidr(cidr.value);
  if (unusable) return problem('InvalidCIDR', `spec.cidrBlock ${cidr.value} ${unusable}`);
  const gateway = spec.gwLanIp === undefined ? success(hostAddresses(cidr.value).first) : parseIp(spec.gwLanIp);
  if (!gateway.ok) return problem('InvalidGateway', `spec.gwLanIp: ${gateway.error}`);
  if (!isHostOf(cidr.value, gateway.value)) {
    return problem(
      'InvalidGateway',
      `spec.gwLanIp ${gateway.value} is not an address that a host can have in spec.cidrBlock ${cidr.value}. Give one that is, or leave it out.`,
    );
  }
  return success({ cidr: cidr.value, gateway: gateway.value });
};

const isHostOf = (cidr: Cidr, address: Ip): boolean =>
  cidrContains(cidr, address) && address !== cidrFirst(cidr) && address !== broadcast(cidr);

/** Networks that mean something else on every host (RFC 6890). */
const SPECIAL = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']
  .map(text => parseCidr(text))
  .flatMap(result => (result.ok ? [result.value] : []));

const unusableCidr = (cidr: Cidr): string | undefined => {
  if (cidrFamily(cidr) === 6)
    return 'is an IPv6 network, which projects do not support. Use an IPv4 network, such as 10.0.10.0/24.';
  if (prefixLength(cidr) > 29)
    return 'is too small: a project needs a gateway and addresses for pods. Use /29 or larger.';
  if (prefixLength(cidr) < 8) return 'is too large. Use /8 or smaller.';
  const special = SPECIAL.find(network => cidrsOverlap(network, cidr));
  return (
    special && `overlaps ${special}, which is reserved on every host. Use a private network, such as 10.0.10.0/24.`
  );
};

const overlapProblem = (cidr: Cidr, { reserved, externalNetworks }: ProjectInput): Problem | undefined => {
  const all = [
    ...externalNetworks.map(network => ({ what: `external Subnet ${network.subnet}`, cidr: network.cidr })),
    ...reserved,
  ];
  const hit = all.find(network => cidrsOverlap(network.cidr, cidr));
  return (
    hit && {
      reason: 'CIDROverlap',
      message: `spec.cidrBlock ${cidr} overlaps ${hit.cidr} of ${hit.what}. Create the Project with another network.`,
    }
  );
};

const projectNamespaceObject = (project: Project, namespace: string): WantedObject => ({
  type: namespaceType,
  name: namespace,
  labels: {
    [projectLabels.organization]: project.metadata.namespace ?? '',
    [projectLabels.project]: project.metadata.name,
  },
  annotations: { [ovnAnnotations.logicalSwitch]: defaultSubnetName(namespace) },
  content: {},
});

const vpcObject = ({ namespace, egress, extra }: Plan, defaultExternalSubnet: string): WantedObject => ({
  type: vpcKind.type,
  name: namespace,
  content: {
    spec: {
      namespaces: [namespace],
      staticRoutes: [{ policy: 'policyDst', cidr: '0.0.0.0/0', nextHopIP: egress.gateway }],
      enableExternal: true,
      ...((egress.subnet !== defaultExternalSubnet || extra.length > 0) && {
        extraExternalSubnets: [egress, ...extra].map(network => network.subnet).toSorted(),
      }),
    },
  },
});

const subnetObject = ({ namespace, cidr, gateway }: Plan): WantedObject => ({
  type: subnetKind.type,
  name: defaultSubnetName(namespace),
  content: {
    spec: {
      vpc: namespace,
      protocol: 'IPv4',
      cidrBlock: cidr,
      gateway,
      excludeIps: [gateway],
      namespaces: [namespace],
    },
  },
});

const gatewayEip = ({ project, namespace, egress }: Plan, network: ExternalNetwork): WantedObject => ({
  type: eipKind.type,
  namespace,
  name: network === egress ? defaultGatewayEip : secondaryGatewayEipName(network.type),
  content: {
    spec: {
      externalNetworkType: network.type,
      ...(network === egress &&
        project.spec.egressIpAddress !== undefined && { ipAddress: project.spec.egressIpAddress }),
    },
  },
});

const snatRule = ({ namespace, egress }: Plan): WantedObject => ({
  type: ovnSnatRuleKind.type,
  name: defaultSubnetName(namespace),
  content: { spec: { ovnEip: gatewayOvnEipName(namespace, egress.subnet), vpcSubnet: defaultSubnetName(namespace) } },
});
