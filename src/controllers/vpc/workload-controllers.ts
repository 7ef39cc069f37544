import type { Desired } from '../../compile/desired.ts';
import { notReady } from '../../compile/desired.ts';
import { networksOf, vpcOf } from '../../compile/networks.ts';
import {
  compileNode,
  compilePod,
  NO_PORT,
  needsPort,
  nodePortName,
  type Placement,
  podPortName,
} from '../../compile/ovn/workload.ts';
import { ownerOf } from '../../converge/piece.ts';
import { type Node, nodeType, type Pod, podType } from '../../resources/builtin/core.ts';
import { ipKind } from '../../resources/kubeovn/ip.ts';
import { type Subnet, subnetKind } from '../../resources/kubeovn/subnet.ts';
import { objectKey } from '../../resources/meta.ts';
import { ovnAnnotations } from '../../resources/names.ts';
import { type Context, controller } from '../controller.ts';
import { subnetsOf } from '../namespaces.ts';

export const podController = controller({
  type: podType,
  style: 'none',
  desired: (pod, context) => {
    if (!needsPort(pod)) return NO_PORT;
    const subnet = subnetOf(pod, context);
    if (!subnet)
      return {
        own: {
          ready: notReady(
            'NoSubnet',
            `No Subnet serves namespace ${pod.metadata.namespace}. Add the namespace to spec.namespaces of a Subnet, or create a Project for it.`,
          ),
        },
      };
    const requested = pod.metadata.annotations?.[ovnAnnotations.ipAddress];
    return placed(
      { kind: 'Pod', key: objectKey(pod.metadata), port: podPortName(pod), subnet, requested },
      context,
      placement => compilePod(pod, placement),
    );
  },
});

export const nodeController = controller({
  type: nodeType,
  style: 'none',
  desired: (node: Node, context) => {
    const subnet = context.reads.get(subnetKind.type, context.settings.joinSubnet);
    if (!subnet) return NO_PORT;
    const requested = node.metadata.annotations?.[ovnAnnotations.ipAddress];
    return placed(
      { kind: 'Node', key: node.metadata.name, port: nodePortName(node.metadata.name), subnet, requested },
      context,
      placement => compileNode(node, placement),
    );
  },
});

/** A pod may choose among its namespace's subnets, never another's. */
const subnetOf = (pod: Pod, { reads, settings }: Context): Subnet | undefined => {
  const candidates = subnetsOf(pod.metadata.namespace ?? '', reads, settings);
  const wanted = pod.metadata.annotations?.[ovnAnnotations.logicalSwitch];
  return candidates.find(subnet => subnet.metadata.name === wanted) ?? candidates[0];
};

interface Workload {
  readonly kind: 'Pod' | 'Node';
  readonly key: string;
  readonly port: string;
  readonly subnet: Subnet;
  readonly requested: string | undefined;
}

/** The address that its IP object keeps, or else one is held for it. */
const placed = (
  { kind, key, port, subnet, requested }: Workload,
  { reads, pools }: Context,
  compile: (placement: Placement) => Desired,
): Desired => {
  const networks = networksOf(subnet);
  if (!networks.ok) return { own: { ready: notReady('InvalidSubnet', networks.error) } };
  const live = reads.get(ipKind.type, port);
  const kept = live?.spec.subnet === subnet.metadata.name ? live.spec.v4IpAddress : undefined;
  const field = `${kind} ${key}: annotation ${ovnAnnotations.ipAddress}`;
  const held = pools.hold({ subnet, owner: ownerOf(kind, key), requested: kept ?? requested, field }, reads);
  const [network] = networks.value;
  if (!held.ok || !network)
    return { own: { ready: notReady(held.ok ? 'InvalidSubnet' : held.reason, held.ok ? '' : held.message) } };
  const recorded = kept === held.address;
  return compile({ subnet: subnet.metadata.name, vpc: vpcOf(subnet), network, address: held.address, recorded });
};
