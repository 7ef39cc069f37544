import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { conditions, ipv4OrEmpty, ipv6OrEmpty, portText } from '../fields.ts';
import { column, statusColumns, wideColumn } from '../printer-columns.ts';

export const ovnDnatRuleKind = defineKind({
  group: 'kubeovn.io',
  version: 'v1',
  kind: 'OvnDnatRule',
  plural: 'ovn-dnat-rules',
  singular: 'ovn-dnat-rule',
  shortNames: ['odnat'],
  categories: ['kube-ovn'],
  namespaced: false,
  description: 'Destination NAT: one port of an OvnEip leads to one port of an internal address.',
  spec: z.object({
    ovnEip: z.string().min(1).describe('The OvnEip whose address is used.'),
    ipType: z
      .enum(['ip', 'vip', 'service', ''])
      .describe('What ipName names: an IP (default) or a Vip.')
      .exactOptional(),
    ipName: z.string().describe('The IP it leads to; or give vpc and v4Ip.').exactOptional(),
    internalPort: portText,
    externalPort: portText,
    protocol: z.enum(['tcp', 'udp', 'sctp', '']).describe('Defaults to tcp.').exactOptional(),
    vpc: z.string().exactOptional(),
    v4Ip: ipv4OrEmpty.exactOptional(),
    v6Ip: ipv6OrEmpty.exactOptional(),
    serviceName: z.string().exactOptional(),
    serviceNamespace: z.string().exactOptional(),
  }),
  status: z.object({
    vpc: z.string().exactOptional(),
    v4Eip: z.string().exactOptional(),
    v6Eip: z.string().exactOptional(),
    externalPort: z.string().exactOptional(),
    v4Ip: z.string().exactOptional(),
    v6Ip: z.string().exactOptional(),
    internalPort: z.string().exactOptional(),
    protocol: z.string().exactOptional(),
    ipName: z.string().exactOptional(),
    ready: z.boolean().exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('Vpc', '.status.vpc'),
    column('Eip', '.spec.ovnEip'),
    column('Protocol', '.status.protocol'),
    column('V4Eip', '.status.v4Eip'),
    column('ExternalPort', '.status.externalPort'),
    column('V4Ip', '.status.v4Ip'),
    column('InternalPort', '.status.internalPort'),
    wideColumn('IpName', '.spec.ipName'),
    ...statusColumns,
  ],
});

export type OvnDnatRule = ObjectOf<typeof ovnDnatRuleKind>;
