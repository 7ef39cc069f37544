/** Pure: the cables and switch ports that `lab.yaml` asks for. */
import type { Lab } from '../scenario/lab-schema.ts';

/** How a switch port treats VLAN tags, in the words of Open vSwitch's `Port` table (ovs-vswitchd.conf.db(5)). */
export type PortMode =
  | { kind: 'access'; vlan: number }
  | { kind: 'trunk'; nativeVlan: number; vlans: readonly number[] };

/** A cable from a port of the switch to a network card of a machine. */
export interface Cable {
  /** The port's name on the switch: `port1`. */
  port: string;
  machine: string;
  device: string;
  mode: PortMode;
}

export const cablesOf = (lab: Lab): Cable[] =>
  [...machineCables(lab), ...nodeCables(lab)].map((cable, index) => ({ port: `port${index + 1}`, ...cable }));

type Unnumbered = Omit<Cable, 'port'>;

const machineCables = (lab: Lab): Unnumbered[] =>
  Object.entries(lab.machines).flatMap(([machine, { interfaces }]) =>
    Object.entries(interfaces).map(([device, { network }]) => ({
      machine,
      device,
      mode: { kind: 'access' as const, vlan: vlanOf(lab, network) },
    })),
  );

const nodeCables = (lab: Lab): Unnumbered[] =>
  Object.entries(lab.nodes).map(([machine, { nic }]) => {
    const nativeVlan = vlanOf(lab, nic.untagged);
    const vlans = [nativeVlan, ...nic.tagged.map(network => vlanOf(lab, network))];
    return { machine, device: nic.name, mode: { kind: 'trunk' as const, nativeVlan, vlans } };
  });

/** The tag of a network on the switch. The scenario's loader has made sure that there is one. */
export const vlanOf = (lab: Lab, network: string): number => {
  const found = lab.networks[network];
  if (!found) throw new Error(`no network ${network}`);
  return found.vlan;
};

/** The `ovs-vsctl` words that give a port of the switch its mode. */
export const addPortCommands = (bridge: string, { port, mode, machine, device }: Cable): string[][] => [
  ['add-port', bridge, port],
  ['set', 'Port', port, ...modeColumns(mode), `external_ids:cable=${machine}/${device}`],
];

const modeColumns = (mode: PortMode): string[] =>
  mode.kind === 'access'
    ? ['vlan_mode=access', `tag=${mode.vlan}`]
    : ['vlan_mode=native-untagged', `tag=${mode.nativeVlan}`, `trunks=${mode.vlans.join(',')}`];

/** The `ip` command that makes a cable: a veth pair whose ends are in the switch and in the machine. */
export const cableCommand = (switchName: string, { port, machine, device }: Cable): string =>
  `link add name ${port} netns ${switchName} type veth peer name ${device} netns ${machine}`;
