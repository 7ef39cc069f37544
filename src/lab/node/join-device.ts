/** `ovn0`, by which a node reaches the pod networks: a port of the join subnet. Its address is what Node annotations say. */
import { ipBatch } from '../../host/links.ts';
import { ovsVsctl } from '../../host/ovs-vsctl.ts';
import { ipCommand } from '../../host/words.ts';
import { type Cidr, parseCidr, prefixLength } from '../../net/cidr.ts';
import { type Ip, parseIp } from '../../net/ip.ts';
import { type Mac, parseMac } from '../../net/mac.ts';
import { ovnAnnotations } from '../../resources/names.ts';
import { failure, type Result, success } from '../../resources/result.ts';

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
  address: Ip;
  network: Cidr;
  mac: Mac;
  gateway: Ip;
}

/** The value of an annotation as `parse` reads it; what is wrong names the annotation. */
const parsed = <T>(name: string, text: string, parse: (text: string) => Result<T>): Result<T> => {
  const result = parse(text);
  return result.ok ? result : failure(`annotation ${name}: ${result.error}`);
};

/**
 * What Kube-OVN's annotations of a Node say, which the controller writes when it has given the node its address.
 * Undefined until it has; a failure when they say what cannot be.
 */
export const joinAddressOf = (annotations: Readonly<Record<string, string>> = {}): Result<JoinAddress> | undefined => {
  const values = [ovnAnnotations.ipAddress, ovnAnnotations.cidr, ovnAnnotations.macAddress, ovnAnnotations.gateway];
  if (values.some(name => !annotations[name])) return undefined;
  const read = <T>(name: string, parse: (text: string) => Result<T>) => parsed(name, annotations[name] ?? '', parse);
  const address = read(ovnAnnotations.ipAddress, parseIp);
  if (!address.ok) return address;
  const network = read(ovnAnnotations.cidr, parseCidr);
  if (!network.ok) return network;
  const mac = read(ovnAnnotations.macAddress, parseMac);
  if (!mac.ok) return mac;
  const gateway = read(ovnAnnotations.gateway, parseIp);
  if (!gateway.ok) return gateway;
  return success({ address: address.value, network: network.value, mac: mac.value, gateway: gateway.value });
};

/** Idempotent: gives `ovn0` this address and no other, and routes the pod networks through its gateway. */
export const applyJoinAddress = async (
  node: string,
  switchSocket: string,
  { address, network, mac, gateway }: JoinAddress,
  podNetworks: readonly string[],
): Promise<void> => {
  await ovsVsctl(switchSocket, [['set', 'Interface', JOIN_DEVICE, `mac="${mac}"`]]);
  await ipBatch(
    [
      ipCommand`link set ${JOIN_DEVICE} address ${mac}`,
      ipCommand`address flush dev ${JOIN_DEVICE}`,
      ipCommand`address add ${address}/${prefixLength(network)} dev ${JOIN_DEVICE}`,
      ipCommand`link set ${JOIN_DEVICE} up`,
      ...podNetworks.map(pods => ipCommand`route replace ${pods} via ${gateway} dev ${JOIN_DEVICE}`),
    ],
    { netns: node },
  );
};
