import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { cidrOrIpOrEmpty, conditions, ipListOrEmpty, labelSelector } from '../fields.ts';
import { column, statusColumns } from '../printer-columns.ts';

const staticRoute = z.object({
  policy: z
    .enum(['policySrc', 'policyDst', ''])
    .describe('What cidr is compared with: the source or the destination (default).')
    .exactOptional(),
  cidr: cidrOrIpOrEmpty,
  nextHopIP: ipListOrEmpty,
  ecmpMode: z.string().exactOptional(),
  bfdId: z.string().exactOptional(),
  routeTable: z.string().exactOptional(),
});

const policyRoute = z.object({
  priority: z.int().min(0).max(32767),
  match: z.string().describe('An OVN match expression, see ovn-nb(5).'),
  action: z.enum(['allow', 'drop', 'reroute']),
  nextHopIP: ipListOrEmpty.describe('Only for reroute.').exactOptional(),
});

const dynamicRouting = z.object({
  enabled: z.boolean(),
  redistribute: z.array(z.enum(['connected', 'connected-as-host', 'static', 'nat', 'lb'])).exactOptional(),
  localOnly: z.boolean().exactOptional(),
  maintainVrf: z.boolean().exactOptional(),
  vrfName: z.string().exactOptional(),
  vrfId: z.int().exactOptional(),
});

export const vpcKind = defineKind({
  group: 'kubeovn.io',
  version: 'v1',
  kind: 'Vpc',
  plural: 'vpcs',
  shortNames: ['vpc'],
  categories: ['kube-ovn'],
  namespaced: false,
  description: 'A virtual private cloud: one logical router and the subnets attached to it.',
  spec: z.object({
    defaultSubnet: z.string().describe('The subnet of pods whose namespace names none.').exactOptional(),
    namespaces: z.array(z.string()).describe('The namespaces whose pods belong to this VPC.').exactOptional(),
    staticRoutes: z.array(staticRoute).max(200).exactOptional(),
    policyRoutes: z.array(policyRoute).max(200).exactOptional(),
    vpcPeerings: z
      .array(z.object({ remoteVpc: z.string(), localConnectIP: z.string() }))
      .max(100)
      .exactOptional(),
    enableExternal: z.boolean().describe('Whether the VPC has external networks.').exactOptional(),
    extraExternalSubnets: z
      .array(z.string())
      .describe('The external subnets the router has a port in.')
      .exactOptional(),
    enableBfd: z.boolean().exactOptional(),
    bfdPort: z
      .object({ enabled: z.boolean(), ip: z.string().exactOptional(), nodeSelector: labelSelector.exactOptional() })
      .exactOptional(),
    dynamicRouting: dynamicRouting.exactOptional(),
  }),
  status: z.object({
    standby: z.boolean().exactOptional(),
    default: z.boolean().exactOptional(),
    defaultLogicalSwitch: z.string().exactOptional(),
    router: z.string().describe("The logical router's name in the OVN northbound database.").exactOptional(),
    tcpLoadBalancer: z.string().exactOptional(),
    udpLoadBalancer: z.string().exactOptional(),
    sctpLoadBalancer: z.string().exactOptional(),
    tcpSessionLoadBalancer: z.string().exactOptional(),
    udpSessionLoadBalancer: z.string().exactOptional(),
    sctpSessionLoadBalancer: z.string().exactOptional(),
    subnets: z.array(z.string()).exactOptional(),
    vpcPeerings: z.array(z.string()).exactOptional(),
    enableExternal: z.boolean().exactOptional(),
    extraExternalSubnets: z.array(z.string()).exactOptional(),
    enableBfd: z.boolean().exactOptional(),
    bfdPort: z
      .object({
        name: z.string().exactOptional(),
        ip: z.string().exactOptional(),
        nodes: z.array(z.string()).exactOptional(),
      })
      .exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('Subnets', '.status.subnets'),
    column('ExtraExternalSubnets', '.status.extraExternalSubnets'),
    column('Namespaces', '.spec.namespaces'),
    column('DefaultSubnet', '.status.defaultLogicalSwitch'),
    ...statusColumns,
  ],
});

export type Vpc = ObjectOf<typeof vpcKind>;
