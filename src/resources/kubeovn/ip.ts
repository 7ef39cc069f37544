import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { conditions } from '../fields.ts';
import { column, statusColumns, wideColumn } from '../printer-columns.ts';

export const ipKind = defineKind({
  group: 'kubeovn.io',
  version: 'v1',
  kind: 'IP',
  plural: 'ips',
  shortNames: ['ip'],
  categories: ['kube-ovn'],
  namespaced: false,
  description: 'The addresses of one interface of a pod or node, kept for as long as it exists.',
  spec: z.object({
    podName: z.string().exactOptional(),
    namespace: z.string().exactOptional(),
    subnet: z.string(),
    attachSubnets: z.array(z.string()).exactOptional(),
    nodeName: z.string().exactOptional(),
    ipAddress: z.string().exactOptional(),
    v4IpAddress: z.string().exactOptional(),
    v6IpAddress: z.string().exactOptional(),
    attachIps: z.array(z.string()).exactOptional(),
    macAddress: z.string().exactOptional(),
    attachMacs: z.array(z.string()).exactOptional(),
    containerID: z.string().exactOptional(),
    podType: z.string().exactOptional(),
  }),
  status: z.object({ conditions: conditions.exactOptional() }),
  printerColumns: [
    column('V4IP', '.spec.v4IpAddress'),
    wideColumn('V6IP', '.spec.v6IpAddress'),
    column('Mac', '.spec.macAddress'),
    column('Node', '.spec.nodeName'),
    column('Subnet', '.spec.subnet'),
    ...statusColumns,
  ],
});

export type IP = ObjectOf<typeof ipKind>;
