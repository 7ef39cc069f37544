import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { labelSelector, nodeConditions } from '../fields.ts';
import { column, statusColumns } from '../printer-columns.ts';

/** Linux: 15 characters, neither a slash nor white space. */
const interfaceName = z
  .string()
  .min(1)
  .max(15)
  .regex(/^[^/\s]+$/, 'must be the name of a network interface, like eth1');

export const providerNetworkKind = defineKind({
  group: 'kubeovn.io',
  version: 'v1',
  kind: 'ProviderNetwork',
  plural: 'provider-networks',
  singular: 'provider-network',
  categories: ['kube-ovn'],
  namespaced: false,
  description: 'A physical network: on every node a bridge over the interface that leads to it.',
  spec: z.object({
    defaultInterface: interfaceName
      .describe('The interface of every node that customInterfaces does not name.')
      .exactOptional(),
    customInterfaces: z.array(z.object({ interface: interfaceName, nodes: z.array(z.string()) })).exactOptional(),
    nodeSelector: labelSelector.exactOptional(),
    excludeNodes: z.array(z.string()).exactOptional(),
    exchangeLinkName: z.boolean().exactOptional(),
    autoCreateVlanSubinterfaces: z.boolean().exactOptional(),
    preserveVlanInterfaces: z.boolean().exactOptional(),
    vlanInterfaces: z.array(z.string()).exactOptional(),
  }),
  status: z.object({
    ready: z.boolean().exactOptional(),
    readyNodes: z.array(z.string()).exactOptional(),
    notReadyNodes: z.array(z.string()).exactOptional(),
    vlans: z.array(z.string()).exactOptional(),
    conditions: nodeConditions.exactOptional(),
  }),
  printerColumns: [
    column('DefaultInterface', '.spec.defaultInterface'),
    column('ReadyNodes', '.status.readyNodes'),
    ...statusColumns,
  ],
  rules: [
    {
      rule: 'size(self.metadata.name) <= 12',
      message: 'a bridge "br-{name}" is made on every node and Linux allows it 15 characters; use a name of 12 at most',
    },
  ],
});

export type ProviderNetwork = ObjectOf<typeof providerNetworkKind>;
