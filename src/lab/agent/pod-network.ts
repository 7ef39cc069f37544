/**
 * A Pod's network: what the annotations of the VPC engine ask for, and the namespace, veth pair and OVS port made from them.
 * Annotation names: https://kubeovn.github.io/docs/stable/en/guide/static-ip-mac/
 */
import { disableChecksumOffload, ipBatch } from '../../host/links.ts';
import { externalIds, ovsVsctl } from '../../host/ovs-vsctl.ts';
import { tryRun } from '../../host/run.ts';
import type { Pod } from '../cluster/core-kinds.ts';

const prefix = 'ovn.kubernetes.io/';
const defaultMtu = 1400;

export interface PodAddress {
  ip: string;
  prefixLength: number;
  gateway: string | undefined;
}

export interface PodNetwork {
  mac: string;
  mtu: number;
  addresses: PodAddress[];
  routes: { dst: string; gw: string }[];
}

const list = (text: string | undefined): string[] => (text ? text.split(',').map(part => part.trim()) : []);

const isV6 = (address: string): boolean => address.includes(':');

const sameFamily = (candidates: readonly string[], ip: string): string | undefined =>
  candidates.find(candidate => isV6(candidate) === isV6(ip));

const readRoutes = (text: string | undefined): { dst: string; gw: string }[] => {
  const routes: unknown = text ? JSON.parse(text) : [];
  return Array.isArray(routes) ? routes : [];
};

/** What the annotations say; undefined until they are there. Dual-stack values are comma-separated. */
export const readPodNetwork = (pod: Pod): PodNetwork | undefined => {
  const value = (name: string) => pod.metadata.annotations?.[`${prefix}${name}`];
  const mac = value('mac_address');
  const addresses = list(value('ip_address'));
  if (value('allocated') !== 'true' || !mac || addresses.length === 0) return undefined;
  const cidrs = list(value('cidr'));
  const gateways = list(value('gateway'));
  return {
    mac,
    mtu: Number(value('mtu') ?? defaultMtu),
    routes: readRoutes(value('routes')),
    addresses: addresses.map(ip => ({
      ip,
      prefixLength: Number(sameFamily(cidrs, ip)?.split('/')[1] ?? (isV6(ip) ? 128 : 32)),
      gateway: sameFamily(gateways, ip),
    })),
  };
};

/** Names of what belongs to one Pod, all derived from its uid, so that they can be removed knowing nothing else. */
export const networkNames = (uid: string) => ({
  netns: `pod-${uid}`,
  /** At most 15 characters (IFNAMSIZ). */
  hostLink: `p${uid.replaceAll('-', '').slice(0, 12)}`,
});

/** `ip -batch` lines for inside the Pod's namespace. */
export const podLinkCommands = ({ mac, addresses, routes }: PodNetwork): string[] => [
  'link set lo up',
  `link set eth0 address ${mac} up`,
  ...addresses.map(({ ip, prefixLength }) => `address add ${ip}/${prefixLength} dev eth0${isV6(ip) ? ' nodad' : ''}`),
  ...routes.map(({ dst, gw }) => `${isV6(dst) ? '-6 ' : ''}route replace ${dst} via ${gw} dev eth0`),
  ...addresses.flatMap(({ gateway }) =>
    gateway ? [`${isV6(gateway) ? '-6 ' : ''}route replace default via ${gateway} dev eth0 onlink`] : [],
  ),
];

export interface NodeNetwork {
  /** The node's namespace, as `ip netns` names it. */
  netns: string;
  /** The socket of the node's ovsdb-server. */
  ovsSocket: string;
  /** The integration bridge. */
  bridge: string;
  /** How long to wait until OVN has installed the port's flows, in milliseconds; 0: do not wait. */
  portTimeoutMs: number;
}

const addPort = (node: NodeNetwork, pod: Pod, hostLink: string): Promise<string> =>
  ovsVsctl(
    node.ovsSocket,
    [
      ['--may-exist', 'add-port', node.bridge, hostLink],
      [
        'set',
        'Interface',
        hostLink,
        ...externalIds({
          'iface-id': `${pod.metadata.name}.${pod.metadata.namespace}`,
          pod_name: pod.metadata.name,
          pod_namespace: pod.metadata.namespace ?? '',
          pod_uid: pod.metadata.uid ?? '',
        }),
      ],
    ],
    { wait: false },
  );

/** Whether ovn-controller has said so within the time; without it, first packets may be lost. */
export const waitForPort = async (node: NodeNetwork, uid: string): Promise<boolean> => {
  if (node.portTimeoutMs === 0) return true;
  const seconds = Math.max(1, Math.ceil(node.portTimeoutMs / 1000));
  const { hostLink } = networkNames(uid);
  const until = ['wait-until', 'Interface', hostLink, 'external_ids:ovn-installed=true'];
  const result = await tryRun('ovs-vsctl', [`--db=unix:${node.ovsSocket}`, `--timeout=${seconds}`, '--', ...until]);
  return result.exitCode === 0;
};

/** Makes namespace, veth pair and port. @throws CommandFailed; then `removePodNetwork` clears what was made. */
export const createPodNetwork = async (node: NodeNetwork, pod: Pod, network: PodNetwork): Promise<void> => {
  const { netns, hostLink } = networkNames(pod.metadata.uid ?? '');
  const { mtu } = network;
  await ipBatch([
    `netns add ${netns}`,
    `link add name ${hostLink} mtu ${mtu} netns ${node.netns} type veth peer name eth0 mtu ${mtu} netns ${netns}`,
  ]);
  await Promise.all([
    ipBatch([`link set ${hostLink} up`], { netns: node.netns }),
    ipBatch(podLinkCommands(network), { netns }),
    disableChecksumOffload(netns, ['eth0']),
    disableChecksumOffload(node.netns, [hostLink]),
    addPort(node, pod, hostLink),
  ]);
};

/** Removes whatever is there of a Pod's network. The link goes explicitly: a process left behind could hold the namespace. */
export const removePodNetwork = async (node: NodeNetwork, uid: string): Promise<void> => {
  const { netns, hostLink } = networkNames(uid);
  await ovsVsctl(node.ovsSocket, [['--if-exists', 'del-port', node.bridge, hostLink]], { wait: false });
  await tryRun('ip', ['-netns', node.netns, 'link', 'delete', hostLink]);
  await tryRun('ip', ['netns', 'delete', netns]);
};
