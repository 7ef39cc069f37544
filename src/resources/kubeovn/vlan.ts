import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { conditions } from '../fields.ts';
import { column, statusColumns } from '../printer-columns.ts';

export const vlanKind = defineKind({
  group: 'kubeovn.io',
  version: 'v1',
  kind: 'Vlan',
  plural: 'vlans',
  shortNames: ['vlan'],
  categories: ['kube-ovn'],
  namespaced: false,
  description: 'A VLAN of a provider network; an external Subnet names it.',
  spec: z.object({
    id: z.int().min(0).max(4095).describe('The VLAN tag; 0 or absent is untagged.').exactOptional(),
    provider: z.string().describe('The ProviderNetwork.').exactOptional(),
    vlanId: z.int().describe("Kube-OVN's former name of id.").exactOptional(),
    providerInterfaceName: z.string().describe("Kube-OVN's former name of provider.").exactOptional(),
  }),
  status: z.object({
    subnets: z.array(z.string()).exactOptional(),
    conflict: z.boolean().exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('ID', '.spec.id', 'integer'),
    column('Provider', '.spec.provider'),
    column('Subnets', '.status.subnets'),
    ...statusColumns,
  ],
});

export type Vlan = ObjectOf<typeof vlanKind>;
