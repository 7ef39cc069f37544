import type { Ip } from '../../net/ip.ts';
import { macFor } from '../../net/mac.ts';
import type { Node, Pod } from '../../resources/builtin/core.ts';
import { ipKind } from '../../resources/kubeovn/ip.ts';
import { objectKey } from '../../resources/meta.ts';
import { ovnAnnotations } from '../../resources/names.ts';
import { type Desired, NOTHING } from '../desired.ts';
import { objectName } from '../naming.ts';
import type { SubnetNetwork } from '../networks.ts';
import { compilePort } from './port.ts';

/** Kube-OVN's name of a pod's port and IP object; the chassis binds the port under it. */
export const podPortName = ({ metadata }: Pod): string => objectName(`${metadata.name}.${metadata.namespace}`);
export const nodePortName = (node: string): string => objectName(`node-${node}`);

/** Where a workload's port is, and the address that was held for it. */
export interface Placement {
  readonly subnet: string;
  readonly vpc: string;
  readonly network: SubnetNetwork;
  readonly address: Ip;
  /** Whether its IP object keeps this address already. */
  readonly recorded: boolean;
}

/** A pod that is to be on the network: not on its node's, and not finished. */
export const needsPort = (pod: Pod): boolean =>
  pod.spec.hostNetwork !== true && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';

/**
 * The IP object that keeps the pod's address and then, when the API has it, the pod's port and the annotations from which its node sets
 * it up: an address in use that no object keeps could be given to another after a crash.
 */
export const compilePod = (pod: Pod, placement: Placement): Desired =>
  workload(placement, podPortName(pod), macFor(`Pod ${objectKey(pod.metadata)}`), {
    podName: pod.metadata.name,
    namespace: pod.metadata.namespace ?? '',
    nodeName: pod.spec.nodeName ?? '',
  });

/** The node's port in the join network, which it has as `ovn0`. */
export const compileNode = (node: Node, placement: Placement): Desired =>
  workload(placement, nodePortName(node.metadata.name), macFor(`Node ${node.metadata.name}`), {
    podName: node.metadata.name,
    namespace: '',
    nodeName: node.metadata.name,
  });

/** Nothing to connect: what it had is taken back. */
export const NO_PORT: Desired = NOTHING;

const workload = (placement: Placement, name: string, mac: string, spec: Readonly<Record<string, string>>): Desired => {
  const { subnet, vpc, network, address } = placement;
  const record = {
    type: ipKind.type,
    name,
    content: { spec: { ...spec, subnet, ipAddress: address, v4IpAddress: address, macAddress: mac } },
  };
  if (!placement.recorded) return { objects: [record] };
  return {
    objects: [record],
    rows: compilePort({ name, subnet, mac, addresses: [address] }),
    own: {
      annotations: {
        [ovnAnnotations.allocated]: 'true',
        [ovnAnnotations.ipAddress]: address,
        [ovnAnnotations.macAddress]: mac,
        [ovnAnnotations.cidr]: network.cidr,
        [ovnAnnotations.gateway]: network.gateway,
        [ovnAnnotations.logicalSwitch]: subnet,
        [ovnAnnotations.logicalRouter]: vpc,
        [ovnAnnotations.portName]: name,
      },
    },
  };
};
