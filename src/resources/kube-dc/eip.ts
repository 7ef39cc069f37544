import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { conditions, externalNetworkType, immutableOptional, ip, withRules } from '../fields.ts';
import { column, statusColumns } from '../printer-columns.ts';

const remedy = 'delete this EIp and create one with the value wanted';

const spec = z.object({
  externalNetworkType: externalNetworkType
    .describe("The external network the address comes from. Defaults to the project's egressNetworkType.")
    .exactOptional(),
  childRef: z.string().max(253).describe('An existing OvnEip to use instead of a new one.').exactOptional(),
  ipAddress: ip.describe('The address wanted. Without it the next free one is given.').exactOptional(),
});

export const eipKind = defineKind({
  group: 'kube-dc.com',
  version: 'v1',
  kind: 'EIp',
  plural: 'eips',
  categories: ['kube-dc'],
  namespaced: true,
  description: 'An external address of a project, for its gateway, load balancer Services and FIps.',
  spec: withRules(
    spec,
    immutableOptional('externalNetworkType', `externalNetworkType cannot change after creation; ${remedy}`),
    immutableOptional('childRef', `childRef cannot change after creation; ${remedy}`),
    immutableOptional('ipAddress', `ipAddress cannot change after creation; ${remedy}`),
    {
      rule: "!has(self.externalNetworkType) || !has(self.childRef) || self.childRef == ''",
      message: 'the OvnEip of childRef has a network already; set either externalNetworkType or childRef',
    },
  ),
  status: z.object({
    ipAddress: z.string().exactOptional(),
    ovnEIpRef: z.string().describe('The OvnEip that holds the address.').exactOptional(),
    owners: z
      .array(z.object({ type: z.string(), ownerRef: z.string() }))
      .describe('What uses the address: a kind and a name.')
      .exactOptional(),
    ownershipType: z.enum(['Released', 'Exclusive', 'Shared']).exactOptional(),
    deleteReleased: z.boolean().exactOptional(),
    ready: z.boolean().exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('External IP', '.status.ipAddress'),
    column('Type', '.spec.externalNetworkType'),
    column('Ownership', '.status.ownershipType'),
    ...statusColumns,
  ],
});

export type EIp = ObjectOf<typeof eipKind>;
