/** One node: its card and addresses, Open vSwitch, the Geneve underlay and ovn-controller. */
import { disableChecksumOffload, ipBatch, setSysctls } from '../../host/links.ts';
import { externalIds, ovsVsctl } from '../../host/ovs-vsctl.ts';
import { ipCommand } from '../../host/words.ts';
import { messageOf } from '../errors.ts';
import { vlanOf } from '../fabric/plan.ts';
import { startVswitch, switchEnvironment, type Vswitch } from '../fabric/vswitch.ts';
import type { Processes } from '../sandbox/processes.ts';
import type { Lab, LabNode } from '../scenario/lab-schema.ts';
import type { LabPaths } from '../state/paths.ts';
import { until } from '../wait.ts';
import { JOIN_DEVICE, joinPortCommands } from './join-device.ts';

const INTEGRATION_BRIDGE = 'br-int';

/** Resolves when the node's switch holds its bridges and ovn-controller has been started. */
export const startNode = async (
  paths: LabPaths,
  processes: Processes,
  lab: Lab,
  name: string,
  node: LabNode,
): Promise<Vswitch> => {
  const vswitch = await startVswitch(paths, processes, name);
  const { bridge, nic, underlay } = node;
  await ovsVsctl(vswitch.socket, [
    bridgeCommand(INTEGRATION_BRIDGE, 'fail_mode=secure'),
    bridgeCommand(bridge.name),
    ['add-port', bridge.name, nic.name],
    ...underlayCommands(node, vlanOf(lab, underlay.network)),
    ...joinPortCommands(name, INTEGRATION_BRIDGE),
    ['set', 'Open_vSwitch', '.', ...externalIds(controllerSettings(paths, name, node))],
  ]);
  await configureAddresses(name, node);
  vswitch.onRestart(() => void restoreAddresses(name, node));
  startOvnController(paths, processes, name, vswitch);
  return vswitch;
};

const bridgeCommand = (name: string, ...columns: string[]): string[] => [
  'add-br',
  name,
  '--',
  'set',
  'Bridge',
  name,
  'datapath_type=netdev',
  ...columns,
];

/**
 * Open vSwitch's userspace tunnels leave by a bridge whose own interface has the encap address. That bridge is the tagged
 * interface of the underlay network: a patch cable joins it to an access port of the provider bridge.
 */
const underlayCommands = ({ bridge, underlay }: LabNode, vlan: number): string[][] => [
  bridgeCommand(underlay.interface),
  ...patchCommands({ bridge: bridge.name, port: 'to-underlay' }, { bridge: underlay.interface, port: 'to-provider' }),
  ['set', 'Port', 'to-underlay', 'vlan_mode=access', `tag=${vlan}`],
];

interface BridgePort {
  bridge: string;
  port: string;
}

const patchCommands = (a: BridgePort, b: BridgePort): string[][] =>
  [
    [a, b],
    [b, a],
  ].flatMap(([here, there]) =>
    here && there
      ? [
          ['add-port', here.bridge, here.port],
          ['set', 'Interface', here.port, 'type=patch', `options:peer=${there.port}`],
        ]
      : [],
  );

/** What ovn-controller reads from its switch's database: ovn-controller(8), "Configuration". */
const controllerSettings = (paths: LabPaths, name: string, { bridge, underlay }: LabNode): Record<string, string> => ({
  'system-id': name,
  hostname: name,
  'ovn-remote': `unix:${paths.southbound}`,
  'ovn-encap-type': 'geneve',
  'ovn-encap-ip': underlay.address.replace(/\/.*/, ''),
  'ovn-bridge-datapath-type': 'netdev',
  'ovn-bridge-mappings': bridge.providerNetworks.map(network => `${network}:${bridge.name}`).join(','),
  'ovn-monitor-all': 'false',
});

const configureAddresses = async (name: string, { bridge, addresses, routes, underlay }: LabNode): Promise<void> => {
  const devices = [bridge.name, underlay.interface];
  await ipBatch(
    [
      ...devices.map(device => ipCommand`link set ${device} up`),
      ...addresses.map(address => ipCommand`address replace ${address} dev ${bridge.name}`),
      ipCommand`address replace ${underlay.address} dev ${underlay.interface}`,
      ...routes.map(({ to, via }) => ipCommand`route replace ${to} via ${via}`),
    ],
    { netns: name },
  );
  await disableChecksumOffload(name, [...devices, JOIN_DEVICE]);
  await setSysctls(name, { 'net.ipv4.ip_forward': '1' });
};

const RESTART_TIMEOUT_MS = 30_000;

/** A failure goes to the sandbox's log: nobody waits for this. */
const restoreAddresses = async (name: string, node: LabNode): Promise<void> => {
  const attempt = (): Promise<boolean> =>
    configureAddresses(name, node).then(
      () => true,
      () => false,
    );
  await until(attempt, { what: `the interfaces of ${name}`, timeoutMs: RESTART_TIMEOUT_MS, intervalMs: 200 }).catch(
    error => console.error(messageOf(error)),
  );
};

const startOvnController = (paths: LabPaths, processes: Processes, name: string, { socket }: Vswitch): void => {
  processes.start({
    name: `${name}/ovn-controller`,
    netns: name,
    command: ['ovn-controller', `unix:${socket}`, '--pidfile', '--no-chdir'],
    env: switchEnvironment(paths.machine(name)),
  });
};
