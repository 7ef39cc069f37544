/** The physical network: a namespace per machine, a cable from each network card to the switch, addresses and routes. */
import { disableChecksumOffload, ipBatch, loadNftables, setSysctls } from '../../host/links.ts';
import { ovsVsctl } from '../../host/ovs-vsctl.ts';
import type { Processes } from '../sandbox/processes.ts';
import { machineNames } from '../scenario/lab-rules.ts';
import type { Lab, Machine } from '../scenario/lab-schema.ts';
import type { LabPaths } from '../state/paths.ts';
import { addPortCommands, type Cable, cableCommand, cablesOf } from './plan.ts';
import { startVswitch } from './vswitch.ts';

/** Namespaces and cables; whatever is plugged into the cables comes after. */
export const layCables = async (lab: Lab): Promise<Cable[]> => {
  const cables = cablesOf(lab);
  const machines = machineNames(lab);
  await ipBatch(machines.map(machine => `netns add ${machine}`));
  await ipBatch(cables.map(cable => cableCommand(lab.switch, cable)));
  await Promise.all(
    machines.map(machine =>
      bringUp(machine, machine === lab.switch ? cables.map(({ port }) => port) : devicesOf(machine, cables)),
    ),
  );
  return cables;
};

const devicesOf = (machine: string, cables: readonly Cable[]): string[] =>
  cables.filter(cable => cable.machine === machine).map(({ device }) => device);

const bringUp = async (machine: string, devices: readonly string[]): Promise<void> => {
  await ipBatch(
    ['lo', ...devices].map(device => `link set ${device} up`),
    { netns: machine },
  );
  await disableChecksumOffload(machine, devices);
};

const SWITCH_BRIDGE = 'switch';

export const startSwitch = async (
  paths: LabPaths,
  processes: Processes,
  lab: Lab,
  cables: readonly Cable[],
): Promise<void> => {
  const { socket } = await startVswitch(paths, processes, lab.switch);
  await ovsVsctl(socket, [
    ['add-br', SWITCH_BRIDGE, '--', 'set', 'Bridge', SWITCH_BRIDGE, 'datapath_type=netdev'],
    ...cables.flatMap(cable => addPortCommands(SWITCH_BRIDGE, cable)),
  ]);
};

/** Addresses, routes, forwarding and filters of a machine that is no node, then the programs it runs. */
export const startMachine = async (name: string, machine: Machine, processes: Processes): Promise<void> => {
  await ipBatch(
    [
      ...Object.entries(machine.interfaces).flatMap(([device, { addresses }]) =>
        addresses.map(address => `address add ${address} dev ${device}`),
      ),
      ...machine.routes.map(({ to, via }) => `route add ${to} via ${via}`),
    ],
    { netns: name },
  );
  if (machine.forwarding) await setSysctls(name, { 'net.ipv4.ip_forward': '1' });
  if (machine.nftables) await loadNftables(name, machine.nftables);
  for (const [process, { command, env }] of Object.entries(machine.processes)) {
    processes.start({ name: `${name}/${process}`, netns: name, command: ['/bin/sh', '-c', `exec ${command}`], env });
  }
};
