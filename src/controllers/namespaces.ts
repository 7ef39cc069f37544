import type { NamespaceNetwork } from '../compile/exposure/service.ts';
import { vpcOf } from '../compile/networks.ts';
import { splitOwner } from '../converge/piece.ts';
import { namespaceType } from '../resources/builtin/core.ts';
import { type Project, projectKind } from '../resources/kube-dc/project.ts';
import { type Subnet, subnetKind } from '../resources/kubeovn/subnet.ts';
import type { KubeObject } from '../resources/meta.ts';
import { ovnAnnotations } from '../resources/names.ts';
import type { Reads } from './caches.ts';
import type { Context, Settings } from './controller.ts';
import { ownerOfObject } from './targets/kube-identity.ts';
import { cidrsOfVpc } from './way-back.ts';

/**
 * The Project that a namespace was made for. The Namespace says so, which tenants cannot write: a Project that is only called so that
 * its name joins to `kube-system` has no say there.
 */
export const projectOf = (namespace: string, reads: Reads): Project | undefined => {
  const made = reads.get(namespaceType, namespace);
  const owner = made && ownerOfObject(made);
  if (!owner) return undefined;
  const { kind, key } = splitOwner(owner);
  return kind === projectKind.type.kind ? reads.get(projectKind.type, key) : undefined;
};

/**
 * The Subnets of a namespace's pods: those that name it, else the one that the Namespace names, else the cluster's default. While the one
 * that it names does not exist yet there is none: a tenant's pod never starts in the management network.
 */
export const subnetsOf = (namespace: string, reads: Reads, settings: Settings): Subnet[] => {
  const own = reads.by(subnetKind.type, 'namespace', namespace).toSorted(byName);
  if (own.length > 0) return own;
  const named = reads.get(namespaceType, namespace)?.metadata.annotations?.[ovnAnnotations.logicalSwitch];
  return [reads.get(subnetKind.type, named ?? settings.defaultSubnet) ?? []].flat();
};

/** The network that a namespace's pods are in. */
export const networkOf = (namespace: string, { reads, settings }: Context): NamespaceNetwork | undefined => {
  const [subnet] = subnetsOf(namespace, reads, settings);
  if (!subnet) return undefined;
  const vpc = vpcOf(subnet);
  const defaultNetworkType = projectOf(namespace, reads)?.spec.egressNetworkType ?? 'cloud';
  return { vpc, cidrs: cidrsOfVpc(vpc, reads), defaultNetworkType };
};

/** The external Subnets of a network type; the oldest serves it, so that one more changes nothing for who is there. */
export const externalSubnetsByAge = (subnets: readonly Subnet[]): Subnet[] => subnets.toSorted(byAge);

const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1);
const ageKey = ({ metadata }: KubeObject): string => `${metadata.creationTimestamp ?? ''} ${metadata.name}`;
const byAge = (a: KubeObject, b: KubeObject): number => (ageKey(a) < ageKey(b) ? -1 : 1);
