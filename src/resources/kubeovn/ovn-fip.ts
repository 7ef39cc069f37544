import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { conditions, ipv4OrEmpty, ipv6OrEmpty } from '../fields.ts';
import { column, statusColumns, wideColumn } from '../printer-columns.ts';

export const ovnFipKind = defineKind({
  group: 'kubeovn.io',
  version: 'v1',
  kind: 'OvnFip',
  plural: 'ovn-fips',
  singular: 'ovn-fip',
  shortNames: ['ofip'],
  categories: ['kube-ovn'],
  namespaced: false,
  description: 'A floating address: NAT both ways between an OvnEip and one internal address.',
  spec: z.object({
    ovnEip: z.string().min(1).describe('The OvnEip whose address is used.'),
    ipType: z.enum(['ip', 'vip', '']).describe('What ipName names: an IP (default) or a Vip.').exactOptional(),
    ipName: z.string().describe('The IP it leads to; or give vpc and v4Ip.').exactOptional(),
    vpc: z.string().exactOptional(),
    v4Ip: ipv4OrEmpty.exactOptional(),
    v6Ip: ipv6OrEmpty.exactOptional(),
    type: z
      .enum(['centralized', 'distributed', ''])
      .describe("Where the NAT is done: on the gateway node (default) or on the target's node.")
      .exactOptional(),
  }),
  status: z.object({
    vpc: z.string().exactOptional(),
    v4Eip: z.string().exactOptional(),
    v6Eip: z.string().exactOptional(),
    v4Ip: z.string().exactOptional(),
    v6Ip: z.string().exactOptional(),
    ready: z.boolean().exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('Vpc', '.status.vpc'),
    column('Type', '.spec.type'),
    column('V4Eip', '.status.v4Eip'),
    column('V4Ip', '.status.v4Ip'),
    wideColumn('IpType', '.spec.ipType'),
    wideColumn('IpName', '.spec.ipName'),
    ...statusColumns,
  ],
});

export type OvnFip = ObjectOf<typeof ovnFipKind>;
