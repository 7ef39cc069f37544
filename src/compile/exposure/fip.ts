import { cidrContains } from '../../net/cidr.ts';
import type { Ip } from '../../net/ip.ts';
import type { Service } from '../../resources/builtin/core.ts';
import { eipKind } from '../../resources/kube-dc/eip.ts';
import { type FIp, fipKind } from '../../resources/kube-dc/fip.ts';
import { type OvnFip, ovnFipKind } from '../../resources/kubeovn/ovn-fip.ts';
import { objectKey } from '../../resources/meta.ts';
import { isOlder } from '../age.ts';
import {
  controlledBy,
  type Desired,
  isReady,
  NOTHING,
  notReady,
  type Readiness,
  type WantedObject,
} from '../desired.ts';
import { objectName, shortHash } from '../naming.ts';
import type { FipTarget } from './fip-target.ts';
import type { BoundEip, NamespaceNetwork } from './service.ts';

export interface FipInput {
  readonly fip: FIp;
  readonly target: FipTarget;
  /** undefined: no subnet serves the namespace. */
  readonly network: NamespaceNetwork | undefined;
  /** With the OvnEip that holds its address. */
  readonly eip: BoundEip & { readonly ovnEip: string | undefined };
  /** The EIp is the address of the project's router. */
  readonly isGateway: boolean;
  /** Others that use the EIp. */
  readonly others: { readonly fips: readonly FIp[]; readonly services: readonly Service[] };
  /** Its OvnFip as it is. */
  readonly live: OvnFip | undefined;
}

/** `fip-{fip}-{5 characters}`: of a FIp that names no EIp. The characters follow from its uid, as those of a Service's do. */
export const automaticFipEipName = ({ metadata }: FIp): string =>
  objectName(`fip-${metadata.name}-${shortHash(metadata.uid ?? '', 5)}`);

/** Name of the EIp that a FIp uses. */
export const eipNameOf = (fip: FIp): string => fip.spec.eip || automaticFipEipName(fip);

/** OvnFips of all namespaces share one space of names, like pods' ports: a namespace has no dots, so that two never meet. */
export const ovnFipName = ({ metadata }: FIp): string => objectName(`${metadata.name}.${metadata.namespace}`);

/** A floating address: its EIp if it names none, and the OvnFip that leads to the target. */
export const compileFip = (input: FipInput): Desired => {
  const { fip, eip, target, network } = input;
  const eips = ownEip(input);
  const status = { eip: eip.name, ...(eip.address !== undefined && { externalIP: eip.address }) };
  const problem = problemOf(input);
  if (problem || !target.ok || !network || eip.address === undefined || eip.ovnEip === undefined)
    return { ...NOTHING, objects: eips, own: { status, ready: problem ?? addressPending(input) } };
  return {
    objects: [...eips, ovnFipObject(fip, eip.ovnEip, network.vpc, target.address)],
    rows: [],
    own: {
      status: { ...status, ...target.status, resolvedTargetIP: target.address, ovnFip: ovnFipName(fip) },
      ready: readiness(input, eip.address, target.address),
    },
  };
};

const ownEip = ({ fip, eip, network }: FipInput): WantedObject[] =>
  fip.spec.eip || !network
    ? []
    : [
        {
          type: eipKind.type,
          namespace: fip.metadata.namespace,
          name: eip.name,
          ownerReference: controlledBy(fipKind.type, fip),
          content: {
            spec: {
              externalNetworkType: fip.spec.externalNetworkType ?? eip.networkType ?? network.defaultNetworkType,
            },
          },
        },
      ];

const ovnFipObject = (fip: FIp, ovnEip: string, vpc: string, address: Ip): WantedObject => ({
  type: ovnFipKind.type,
  name: ovnFipName(fip),
  content: { spec: { ovnEip, vpc, v4Ip: address } },
});

const nameOf = (fip: FIp): string => `FIp ${objectKey(fip.metadata)}`;

const problemOf = (input: FipInput): Readiness | undefined =>
  noNetwork(input) ?? eipProblem(input) ?? usedByOther(input) ?? targetProblem(input);

const noNetwork = ({ fip, network }: FipInput): Readiness | undefined =>
  network
    ? undefined
    : notReady(
        'NoNetwork',
        `${nameOf(fip)}: no Subnet serves namespace ${fip.metadata.namespace}. Add the namespace to spec.namespaces of a Subnet, or create a Project for it.`,
      );

const eipProblem = ({ fip, eip, isGateway }: FipInput): Readiness | undefined => {
  if (!fip.spec.eip) return undefined;
  if (!eip.exists)
    return notReady(
      'EIpNotFound',
      `${nameOf(fip)}: spec.eip names EIp ${eip.name}, which is not in namespace ${fip.metadata.namespace}. Create it there, or name one that is; EIps of other namespaces cannot be used.`,
    );
  if (isGateway)
    return notReady(
      'EIpInUse',
      `${nameOf(fip)}: spec.eip names EIp ${eip.name}, which is the address of the project's gateway. Name another, or none for a new one.`,
    );
  return undefined;
};

/** All ports of the address lead to one target: who was first has it, and nobody besides. */
const usedByOther = ({ fip, eip, others }: FipInput): Readiness | undefined => {
  const otherFip = others.fips.find(other => other.metadata.uid !== fip.metadata.uid && isOlder(other, fip));
  const service = others.services.find(other => isOlder(other, fip));
  const holder = otherFip ? nameOf(otherFip) : service && `Service ${objectKey(service.metadata)}`;
  if (holder === undefined) return undefined;
  return notReady(
    'EIpInUse',
    `${nameOf(fip)}: EIp ${eip.name} is used by the older ${holder}, and a floating address cannot be shared. Name another EIp in spec.eip, or none for a new one.`,
  );
};

const targetProblem = ({ fip, target, network }: FipInput): Readiness | undefined => {
  if (!target.ok) return notReady(target.reason, `${nameOf(fip)}: ${target.message}`);
  if (network?.cidrs.some(cidr => cidrContains(cidr, target.address))) return undefined;
  return notReady(
    'InvalidTarget',
    `${nameOf(fip)}: ${target.address} is not an address of VPC ${network?.vpc} (${network?.cidrs.join(', ')}). Give the address of a pod or virtual machine of this project.`,
  );
};

const addressPending = ({ fip, eip }: FipInput): Readiness =>
  notReady(
    'AddressPending',
    `${nameOf(fip)} waits for the address of EIp ${eip.name}${eip.problem ? `: ${eip.problem}` : '.'}`,
  );

const readiness = ({ fip, live }: FipInput, external: Ip, target: Ip): Readiness => {
  if (live?.status?.ready) return isReady(`${external} leads to ${target}.`);
  const problem = live?.status?.conditions?.find(condition => condition.type === 'Ready')?.message;
  return notReady(
    'OvnFipNotReady',
    `${nameOf(fip)} waits for OvnFip ${ovnFipName(fip)}${problem ? `: ${problem}` : '.'}`,
  );
};
