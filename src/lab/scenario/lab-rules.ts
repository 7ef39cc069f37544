/** What must hold between the parts of `lab.yaml`; the schema sees each part alone. */
import type { Lab } from './lab-schema.ts';

/** One mistake: the field's path (`machines.cloud.interfaces.eth0.network`) and what is wrong with it. */
export interface Mistake {
  path: string;
  message: string;
}

/** Everything that has a network namespace of its own and is no pod. */
export const machineNames = (lab: Pick<Lab, 'switch' | 'machines' | 'nodes'>): string[] => [
  lab.switch,
  ...Object.keys(lab.machines),
  ...Object.keys(lab.nodes),
];

/** Every mistake, in the order of the file; empty when the lab can be built. */
export const mistakesOf = (lab: Lab): Mistake[] => [
  ...unknownNetworks(lab),
  ...sharedVlans(lab),
  ...sharedNames(lab),
  ...sharedAddresses(lab),
  ...untaggedUnderlays(lab),
];

const networkReferences = (lab: Lab): [path: string, network: string][] => [
  ...Object.entries(lab.machines).flatMap(([name, machine]) =>
    Object.entries(machine.interfaces).map(([device, { network }]): [string, string] => [
      `machines.${name}.interfaces.${device}.network`,
      network,
    ]),
  ),
  ...Object.entries(lab.nodes).flatMap(([name, { nic }]): [string, string][] => [
    [`nodes.${name}.nic.untagged`, nic.untagged],
    ...nic.tagged.map((network, index): [string, string] => [`nodes.${name}.nic.tagged.${index}`, network]),
  ]),
];

const unknownNetworks = (lab: Lab): Mistake[] => {
  const known = Object.keys(lab.networks);
  return networkReferences(lab)
    .filter(([, network]) => !known.includes(network))
    .map(([path, network]) => ({ path, message: `there is no network \`${network}\`; there are ${known.join(', ')}` }));
};

/** A mistake at each entry whose value an earlier one has already. */
const repeated = (entries: readonly [path: string, value: string][], what: string): Mistake[] => {
  const first = new Map<string, string>();
  return entries.flatMap(([path, value]) => {
    const holder = first.get(value);
    if (holder !== undefined) return [{ path, message: `${what} ${value} is taken by ${holder}` }];
    first.set(value, path);
    return [];
  });
};

const sharedVlans = (lab: Lab): Mistake[] =>
  repeated(
    Object.entries(lab.networks).map(([name, { vlan }]) => [`networks.${name}.vlan`, String(vlan)]),
    'VLAN',
  );

const sharedNames = (lab: Lab): Mistake[] =>
  repeated(
    [
      ['switch', lab.switch],
      ...Object.keys(lab.machines).map((name): [string, string] => [`machines.${name}`, name]),
      ...Object.keys(lab.nodes).map((name): [string, string] => [`nodes.${name}`, name]),
    ],
    'the name',
  );

const withoutPrefix = (address: string): string => address.replace(/\/.*/, '');

const sharedAddresses = (lab: Lab): Mistake[] => {
  const ofMachines = Object.entries(lab.machines).flatMap(([name, machine]) =>
    Object.entries(machine.interfaces).flatMap(([device, { addresses }]) =>
      addresses.map((address, index): [string, string] => [
        `machines.${name}.interfaces.${device}.addresses.${index}`,
        withoutPrefix(address),
      ]),
    ),
  );
  const ofNodes = Object.entries(lab.nodes).flatMap(([name, { addresses, underlay }]): [string, string][] => [
    ...addresses.map((address, index): [string, string] => [
      `nodes.${name}.addresses.${index}`,
      withoutPrefix(address),
    ]),
    [`nodes.${name}.underlay.address`, withoutPrefix(underlay.address)],
  ]);
  return repeated([...ofMachines, ...ofNodes], 'the address');
};

const untaggedUnderlays = (lab: Lab): Mistake[] =>
  Object.entries(lab.nodes)
    .filter(([, { nic, underlay }]) => !nic.tagged.includes(underlay.network))
    .map(([name, { nic, underlay }]) => ({
      path: `nodes.${name}.underlay.network`,
      message: `\`${underlay.network}\` is not among nic.tagged (${nic.tagged.join(', ') || 'empty'})`,
    }));
