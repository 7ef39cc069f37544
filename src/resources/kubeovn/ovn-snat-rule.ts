import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { cidrOrIpOrEmpty, conditions } from '../fields.ts';
import { column, statusColumns } from '../printer-columns.ts';

export const ovnSnatRuleKind = defineKind({
  group: 'kubeovn.io',
  version: 'v1',
  kind: 'OvnSnatRule',
  plural: 'ovn-snat-rules',
  singular: 'ovn-snat-rule',
  shortNames: ['osnat'],
  categories: ['kube-ovn'],
  namespaced: false,
  description: 'Source NAT: what leaves a subnet, a network or a pod gets the address of an OvnEip.',
  spec: z.object({
    ovnEip: z.string().min(1).describe('The OvnEip whose address is used.'),
    vpcSubnet: z
      .string()
      .describe('The Subnet it is for; or name the sources with ipName or v4IpCidr.')
      .exactOptional(),
    ipName: z.string().describe('The IP it is for.').exactOptional(),
    vpc: z.string().describe('The Vpc, when neither vpcSubnet nor ipName says it.').exactOptional(),
    v4IpCidr: cidrOrIpOrEmpty.exactOptional(),
    v6IpCidr: cidrOrIpOrEmpty.exactOptional(),
  }),
  status: z.object({
    vpc: z.string().exactOptional(),
    v4Eip: z.string().exactOptional(),
    v6Eip: z.string().exactOptional(),
    v4IpCidr: z.string().exactOptional(),
    v6IpCidr: z.string().exactOptional(),
    ready: z.boolean().exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('Vpc', '.status.vpc'),
    column('V4Eip', '.status.v4Eip'),
    column('V4IpCidr', '.status.v4IpCidr'),
    ...statusColumns,
  ],
});

export type OvnSnatRule = ObjectOf<typeof ovnSnatRuleKind>;
