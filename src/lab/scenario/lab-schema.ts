/** The physical world of a scenario, `lab.yaml`: networks, machines on them, nodes, and what container images stand for. */

import { isIPv4 } from 'node:net';
import { z } from 'zod';

const LONGEST_INTERFACE_NAME = 15; // IFNAMSIZ - 1

/** Names that `ip` and `ovs-vsctl` would read as one of their own words. */
const RESERVED_INTERFACE_NAMES = new Set(['up', 'down', 'lo', 'all', 'default', 'dev', 'via']);

const isAddressWithPrefix = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/');
  return (
    isIPv4(address) && prefix !== undefined && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && rest.length === 0
  );
};

const machineName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be lower-case letters, digits and dashes, at most 63');
const interfaceName = z
  .string()
  .regex(/^[a-zA-Z0-9._-]+$/, 'must be letters, digits, dots, dashes and underscores')
  .max(LONGEST_INTERFACE_NAME, `must have at most ${LONGEST_INTERFACE_NAME} characters, Linux takes no more`)
  .refine(name => !RESERVED_INTERFACE_NAMES.has(name), 'is a word of the `ip` command; choose another name');
const address = z.string().refine(isIPv4, 'must be an IPv4 address, as in 100.65.0.1');
const addressWithPrefix = z
  .string()
  .refine(isAddressWithPrefix, 'must be an IPv4 address with its prefix length, as in 100.65.0.10/16');
const destination = z
  .string()
  .refine(text => text === 'default' || isAddressWithPrefix(text), 'must be `default` or a CIDR, as in 10.100.0.0/16');
const networkName = z.string().min(1);
const command = z.string().trim().min(1, 'must not be empty');

const route = z.strictObject({ to: destination, via: address });

const process = z.strictObject({
  /** A shell command line, run in the machine's namespace and started again when it ends. */
  command,
  env: z.record(z.string(), z.string()).default({}),
});

const machine = z.strictObject({
  description: z.string().default(''),
  /** Each is one cable to the switch, an access port of one network. */
  interfaces: z.record(
    interfaceName,
    z.strictObject({ network: networkName, addresses: z.array(addressWithPrefix).default([]) }),
  ),
  routes: z.array(route).default([]),
  /** Whether it forwards packets between its interfaces. */
  forwarding: z.boolean().default(false),
  /** An nftables ruleset, as `nft -f` reads it. */
  nftables: z.string().optional(),
  processes: z.record(machineName, process).default({}),
});

const node = z.strictObject({
  /** The network card: one trunk cable to the switch, and a port of the provider bridge. */
  nic: z.strictObject({
    name: interfaceName,
    /** The network whose frames carry no tag; the node's own addresses are on it. */
    untagged: networkName,
    tagged: z.array(networkName).default([]),
  }),
  /** The Open vSwitch bridge that holds the card and the node's addresses, and the ProviderNetworks it serves. */
  bridge: z.strictObject({ name: interfaceName, providerNetworks: z.array(z.string()).min(1) }),
  addresses: z.array(addressWithPrefix).min(1),
  routes: z.array(route).default([]),
  /** Where Geneve runs: a tagged network of the card, the interface on it, and its address. */
  underlay: z.strictObject({ network: networkName, interface: interfaceName, address: addressWithPrefix }),
  /** Labels of the Node object. */
  labels: z.record(z.string(), z.string()).default({}),
});

export const labSchema = z.strictObject({
  description: z.string().default(''),
  /** Layer 2 networks of the physical switch. */
  networks: z.record(
    networkName,
    z.strictObject({ vlan: z.int().min(1).max(4094), description: z.string().default('') }),
  ),
  /** The physical switch that all cables end at. */
  switch: machineName,
  machines: z.record(machineName, machine).default({}),
  nodes: z.record(machineName, node),
  /** Where nodes and pods find the Kubernetes API: the cluster address of the `kubernetes` Service. */
  apiAddress: address.default('10.101.0.1'),
  /** What nodes reach through `ovn0`, by the join subnet's gateway. */
  podNetworks: z.array(addressWithPrefix).default([]),
  /** What a container image's name stands for: the command line of a program on this host. */
  images: z.record(z.string(), command).default({}),
});

export type Lab = z.infer<typeof labSchema>;
export type Machine = z.infer<typeof machine>;
export type LabNode = z.infer<typeof node>;
