import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { conditions, immutable, ipv4OrEmpty, ipv6OrEmpty, macOrEmpty, withRules } from '../fields.ts';
import { column, statusColumns, wideColumn } from '../printer-columns.ts';
import type { CelRule } from '../structural-schema.ts';

/** Set once: whoever was given the address has told others. Kube-OVN leaves it empty at first, and it stays free to be set. */
const setOnce = (field: string): CelRule => ({
  rule: `!has(oldSelf.${field}) || oldSelf.${field} == '' || (has(self.${field}) && self.${field} == oldSelf.${field})`,
  message: `${field} cannot change once it is set: others use it. Delete this OvnEip and create one with the value wanted`,
});

export const ovnEipKind = defineKind({
  group: 'kubeovn.io',
  version: 'v1',
  kind: 'OvnEip',
  plural: 'ovn-eips',
  singular: 'ovn-eip',
  shortNames: ['oeip'],
  categories: ['kube-ovn'],
  namespaced: false,
  description: 'An address of an external subnet, held for a router port or for NAT.',
  spec: withRules(
    z.object({
      externalSubnet: immutable(
        z.string().min(1).max(253),
        'externalSubnet cannot change: the address belongs to it. Delete this OvnEip and create one in the other subnet',
      ),
      v4Ip: ipv4OrEmpty.describe('The address wanted. Without it the next free one is given.').exactOptional(),
      v6Ip: ipv6OrEmpty.exactOptional(),
      macAddress: macOrEmpty.exactOptional(),
      type: z
        .enum(['nat', 'lrp', 'lsp', ''])
        .describe(
          'What holds the address: nat (SNAT, DNAT, FIP and load balancers), lrp (a router port) or lsp (a switch port).',
        )
        .exactOptional(),
    }),
    setOnce('v4Ip'),
    setOnce('v6Ip'),
    setOnce('macAddress'),
  ),
  status: z.object({
    type: z.string().exactOptional(),
    nat: z.string().describe('Which kinds of NAT use it: snat, dnat, fip, with commas.').exactOptional(),
    v4Ip: z.string().exactOptional(),
    v6Ip: z.string().exactOptional(),
    macAddress: z.string().exactOptional(),
    ready: z.boolean().exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('V4IP', '.status.v4Ip'),
    wideColumn('V6IP', '.status.v6Ip'),
    column('Mac', '.status.macAddress'),
    column('Type', '.status.type'),
    column('Nat', '.status.nat'),
    column('ExternalSubnet', '.spec.externalSubnet'),
    ...statusColumns,
  ],
});

export type OvnEip = ObjectOf<typeof ovnEipKind>;
