import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { conditions, externalNetworkType, immutableOptional, ip, withRules } from '../fields.ts';
import { column, statusColumns, wideColumn } from '../printer-columns.ts';

const spec = z.object({
  ipAddress: ip.describe('The internal address that the floating address leads to.').exactOptional(),
  vmTarget: z
    .object({
      vmName: z.string().min(1).max(253).describe('A KubeVirt VirtualMachineInstance in the same namespace.'),
      interfaceName: z.string().describe('One of its interfaces. Defaults to the first.').exactOptional(),
    })
    .describe('A virtual machine that the floating address leads to.')
    .exactOptional(),
  eip: z.string().max(253).describe('The EIp to use, in the same namespace.').exactOptional(),
  externalNetworkType: externalNetworkType.describe('The external network of a new EIp.').exactOptional(),
});

export const fipKind = defineKind({
  group: 'kube-dc.com',
  version: 'v1',
  kind: 'FIp',
  plural: 'fips',
  categories: ['kube-dc'],
  namespaced: true,
  description: 'A floating address: an external address that leads to one pod or virtual machine, both ways.',
  spec: withRules(
    spec,
    {
      rule: 'has(self.ipAddress) != has(self.vmTarget)',
      message: 'a FIp leads to one target; set either ipAddress or vmTarget',
    },
    {
      rule: "!has(self.externalNetworkType) || !has(self.eip) || self.eip == ''",
      message: 'the EIp has a network already; set either eip or externalNetworkType',
    },
    immutableOptional(
      'externalNetworkType',
      'externalNetworkType cannot change after creation; delete this FIp and create one with the value wanted',
    ),
  ),
  status: z.object({
    eip: z.string().exactOptional(),
    externalIP: z.string().exactOptional(),
    resolvedTargetIP: z.string().exactOptional(),
    ovnFip: z.string().exactOptional(),
    targetVMInterface: z
      .object({
        vmName: z.string(),
        interfaceName: z.string(),
        ipAddress: z.string(),
        mac: z.string().exactOptional(),
      })
      .exactOptional(),
    ready: z.boolean().exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('Target IP', '.status.resolvedTargetIP'),
    column('External IP', '.status.externalIP'),
    wideColumn('VM', '.spec.vmTarget.vmName'),
    wideColumn('Interface', '.status.targetVMInterface.interfaceName'),
    ...statusColumns,
  ],
});

export type FIp = ObjectOf<typeof fipKind>;
