import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import {
  addressRange,
  cidrPair,
  conditions,
  immutable,
  immutableOptional,
  ipListOrEmpty,
  labelSelector,
  withRules,
} from '../fields.ts';
import { column, statusColumns, wideColumn } from '../printer-columns.ts';

const acl = z.object({
  direction: z.enum(['from-lport', 'to-lport']),
  priority: z.int().min(0).max(32767),
  match: z.string().describe('An OVN match expression, see ovn-nb(5).'),
  action: z.enum(['allow-related', 'allow-stateless', 'allow', 'drop', 'reject']),
});

const natOutgoingPolicyRule = z.object({
  match: z.object({ srcIPs: z.string().exactOptional(), dstIPs: z.string().exactOptional() }),
  action: z.enum(['nat', 'forward']),
});

const remedy = 'cannot change: pods and routes use the subnet. Create a new Subnet and move the workloads there';

const spec = z.object({
  default: z.boolean().exactOptional(),
  vpc: z
    .string()
    .max(253)
    .describe('The VPC whose router the subnet is attached to. Defaults to ovn-cluster.')
    .exactOptional(),
  protocol: z.enum(['IPv4', 'IPv6', 'Dual']).exactOptional(),
  namespaces: z.array(z.string()).describe('The namespaces whose pods get their address here.').exactOptional(),
  cidrBlock: immutable(cidrPair, `cidrBlock ${remedy}`),
  gateway: ipListOrEmpty.describe("The gateway's address. Defaults to the first of cidrBlock.").exactOptional(),
  excludeIps: z
    .array(addressRange)
    .max(256)
    .describe('Addresses and ranges (first..last) never given out.')
    .exactOptional(),
  provider: z.string().exactOptional(),
  gatewayType: z.enum(['distributed', 'centralized', '']).exactOptional(),
  gatewayNode: z.string().exactOptional(),
  gatewayNodeSelectors: z.array(labelSelector).exactOptional(),
  natOutgoing: z.boolean().exactOptional(),
  externalEgressGateway: z.string().exactOptional(),
  policyRoutingPriority: z.int().exactOptional(),
  policyRoutingTableID: z.int().exactOptional(),
  mtu: z.int().min(0).max(65535).exactOptional(),
  private: z.boolean().describe('Whether other subnets are kept out, but for allowSubnets.').exactOptional(),
  allowSubnets: z.array(z.string()).exactOptional(),
  vlan: z.string().describe('The Vlan an external subnet is on.').exactOptional(),
  vips: z.array(z.string()).exactOptional(),
  logicalGateway: z.boolean().exactOptional(),
  disableGatewayCheck: z.boolean().exactOptional(),
  disableInterConnection: z.boolean().exactOptional(),
  enableDHCP: z.boolean().exactOptional(),
  dhcpV4Options: z.string().exactOptional(),
  dhcpV6Options: z.string().exactOptional(),
  enableIPv6RA: z.boolean().exactOptional(),
  ipv6RAConfigs: z.string().exactOptional(),
  acls: z.array(acl).exactOptional(),
  allowEWTraffic: z.boolean().exactOptional(),
  natOutgoingPolicyRules: z.array(natOutgoingPolicyRule).exactOptional(),
  u2oInterconnectionIP: z.string().exactOptional(),
  u2oInterconnection: z.boolean().exactOptional(),
  u2oFeatures: z.object({ overlayOnlyRouting: z.boolean().exactOptional() }).exactOptional(),
  enableLb: z.boolean().exactOptional(),
  enableEcmp: z.boolean().exactOptional(),
  enableMulticastSnoop: z.boolean().exactOptional(),
  enableExternalLBAddress: z.boolean().exactOptional(),
  routeTable: z.string().exactOptional(),
  namespaceSelectors: z.array(labelSelector).exactOptional(),
  nodeNetwork: z.string().exactOptional(),
});

export const subnetKind = defineKind({
  group: 'kubeovn.io',
  version: 'v1',
  kind: 'Subnet',
  plural: 'subnets',
  shortNames: ['subnet'],
  categories: ['kube-ovn'],
  namespaced: false,
  description: 'A network of pods in a VPC, or, with a vlan, an external network.',
  spec: withRules(spec, immutableOptional('vpc', `vpc ${remedy}`)),
  status: z.object({
    v4availableIPs: z.number().exactOptional(),
    v4availableIPrange: z.string().exactOptional(),
    v4usingIPs: z.number().exactOptional(),
    v4usingIPrange: z.string().exactOptional(),
    v6availableIPs: z.number().exactOptional(),
    v6availableIPrange: z.string().exactOptional(),
    v6usingIPs: z.number().exactOptional(),
    v6usingIPrange: z.string().exactOptional(),
    activateGateway: z.string().exactOptional(),
    dhcpV4OptionsUUID: z.string().exactOptional(),
    dhcpV6OptionsUUID: z.string().exactOptional(),
    u2oInterconnectionIP: z.string().exactOptional(),
    u2oInterconnectionMAC: z.string().exactOptional(),
    u2oInterconnectionVPC: z.string().exactOptional(),
    natOutgoingPolicyRules: z.array(natOutgoingPolicyRule.extend({ ruleID: z.string() })).exactOptional(),
    mcastQuerierIP: z.string().exactOptional(),
    mcastQuerierMAC: z.string().exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('Vpc', '.spec.vpc'),
    column('Vlan', '.spec.vlan'),
    column('CIDR', '.spec.cidrBlock'),
    column('V4Used', '.status.v4usingIPs', 'number'),
    column('V4Available', '.status.v4availableIPs', 'number'),
    wideColumn('V6Used', '.status.v6usingIPs', 'number'),
    wideColumn('V6Available', '.status.v6availableIPs', 'number'),
    wideColumn('Protocol', '.spec.protocol'),
    wideColumn('Private', '.spec.private', 'boolean'),
    wideColumn('NAT', '.spec.natOutgoing', 'boolean'),
    wideColumn('ExcludeIPs', '.spec.excludeIps'),
    ...statusColumns,
  ],
});

export type Subnet = ObjectOf<typeof subnetKind>;
