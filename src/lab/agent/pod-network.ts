/** The namespace, veth pair and OVS port of one Pod. */
import { disableChecksumOffload, ipBatch } from '../../host/links.ts';
import { externalIds, ovsVsctl } from '../../host/ovs-vsctl.ts';
import { tryRun } from '../../host/run.ts';
import { ipCommand } from '../../host/words.ts';
import { familyOf, type Ip } from '../../net/ip.ts';
import type { Pod } from '../cluster/core-kinds.ts';
import { type PodNetwork, podPortName } from './pod-address.ts';

/** Names of what belongs to one Pod, all derived from its uid, so that they can be removed knowing nothing else. */
export const networkNames = (uid: string) => ({
  netns: `pod-${uid}`,
  /** At most 15 characters (IFNAMSIZ). */
  hostLink: `p${uid.replaceAll('-', '').slice(0, 12)}`,
});

/** Nobody else has an address that IPAM gave: the kernel need not look for duplicates (RFC 4862), which takes a second. */
const addCommand = (ip: Ip, prefixLength: number): string => {
  const command = ipCommand`address add ${ip}/${prefixLength} dev eth0`;
  return familyOf(ip) === 6 ? `${command} nodad` : command;
};

/** `ip -batch` lines for inside the Pod's namespace. */
export const podLinkCommands = ({ mac, addresses, routes }: PodNetwork): string[] => [
  'link set lo up',
  ipCommand`link set eth0 address ${mac} up`,
  ...addresses.map(({ ip, prefixLength }) => addCommand(ip, prefixLength)),
  ...routes.map(({ dst, gw }) => ipCommand`route replace ${dst} via ${gw} dev eth0`),
  ...addresses.flatMap(({ gateway }) =>
    gateway ? [ipCommand`route replace default via ${gateway} dev eth0 onlink`] : [],
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
          'iface-id': podPortName(pod),
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
    ipCommand`netns add ${netns}`,
    ipCommand`link add name ${hostLink} mtu ${mtu} netns ${node.netns} type veth peer name eth0 mtu ${mtu} netns ${netns}`,
  ]);
  await Promise.all([
    ipBatch([ipCommand`link set ${hostLink} up`], { netns: node.netns }),
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
