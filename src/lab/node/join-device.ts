/** `ovn0`, by which a node reaches the pod networks: a port of the join subnet. Its address is what Node annotations say. */
import { ipBatch } from '../../host/links.ts';
import { ovsVsctl } from '../../host/ovs-vsctl.ts';

export const JOIN_DEVICE = 'ovn0';

/** Geneve adds 50 bytes and more to a packet; the underlay carries 1500. */
const OVERLAY_MTU = 1400;

/** The logical port of a node in the join switch, as Kube-OVN names it. */
export const joinPortName = (node: string): string => `node-${node}`;

export const joinPortCommands = (node: string, integrationBridge: string): string[][] => [
  ['add-port', integrationBridge, JOIN_DEVICE],
  [
    'set',
    'Interface',
    JOIN_DEVICE,
    'type=internal',
    `mtu_request=${OVERLAY_MTU}`,
    `external_ids:iface-id=${joinPortName(node)}`,
  ],
];

/** Where a node is on the join subnet. */
export interface JoinAddress {
  /** With its prefix length: `172.30.0.2/22`. */
  address: string;
  mac: string;
  gateway: string;
}

/** Kube-OVN's annotations of a Node, which the controller writes when it has given the node its address. */
const ANNOTATION = {
  address: 'ovn.kubernetes.io/ip_address',
  mac: 'ovn.kubernetes.io/mac_address',
  gateway: 'ovn.kubernetes.io/gateway',
  cidr: 'ovn.kubernetes.io/cidr',
} as const;

/** Undefined until the controller has given the node an address. */
export const joinAddressOf = (annotations: Readonly<Record<string, string>> = {}): JoinAddress | undefined => {
  const address = annotations[ANNOTATION.address];
  const mac = annotations[ANNOTATION.mac];
  const gateway = annotations[ANNOTATION.gateway];
  const prefix = annotations[ANNOTATION.cidr]?.split('/')[1];
  if (!address || !mac || !gateway || !prefix) return undefined;
  return { address: `${address}/${prefix}`, mac, gateway };
};

/** Idempotent: gives `ovn0` this address and no other, and routes the pod networks through its gateway. */
export const applyJoinAddress = async (
  node: string,
  switchSocket: string,
  { address, mac, gateway }: JoinAddress,
  podNetworks: readonly string[],
): Promise<void> => {
  await ovsVsctl(switchSocket, [['set', 'Interface', JOIN_DEVICE, `mac="${mac}"`]]);
  await ipBatch(
    [
      `link set ${JOIN_DEVICE} address ${mac}`,
      `address flush dev ${JOIN_DEVICE}`,
      `address add ${address} dev ${JOIN_DEVICE}`,
      `link set ${JOIN_DEVICE} up`,
      ...podNetworks.map(network => `route replace ${network} via ${gateway} dev ${JOIN_DEVICE}`),
    ],
    { netns: node },
  );
};
