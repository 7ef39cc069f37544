import { z } from 'zod';
import { defineKind, type ObjectOf } from '../define-kind.ts';
import { cidr, conditions, externalNetworkType, immutable, immutableOptional, ip, withRules } from '../fields.ts';
import { column, statusColumns } from '../printer-columns.ts';

const spec = z.object({
  cidrBlock: immutable(
    cidr,
    'cidrBlock cannot change: pods and routes use its addresses. Create a new Project with the other block and move the workloads there',
  ).describe(
    "The network of the project's pods, like 10.0.10.0/24. Must not overlap an external network or the join network.",
  ),
  egressNetworkType: immutable(
    externalNetworkType,
    "egressNetworkType cannot change: it decides the project's default gateway. Create a new Project with the other type; for single workloads, an EIp or FIp of the other type is enough",
  ).describe(
    'The external network through which the project reaches the outside: cloud (internal addresses) or public (routed on the internet).',
  ),
  gwLanIp: ip.describe('The address of the gateway inside cidrBlock. Defaults to its first address.').exactOptional(),
  egressIpAddress: ip
    .describe('The address wanted for the default gateway. Without it the next free one is given.')
    .exactOptional(),
  network: z
    .object({ loadBalancerBlocks: z.int().min(0).max(64).exactOptional() })
    .describe(
      'Blocks of load balancer addresses reserved for managed clusters. Accepted for manifests of kube-dc; nothing acts on it.',
    )
    .exactOptional(),
});

export const projectKind = defineKind({
  group: 'kube-dc.com',
  version: 'v1',
  kind: 'Project',
  plural: 'projects',
  categories: ['kube-dc'],
  namespaced: true,
  description:
    'A tenant\'s project: a namespace with a VPC of its own, named "{organisation}-{project}" after the namespace and name of this object.',
  spec: withRules(
    spec,
    immutableOptional(
      'egressIpAddress',
      "egressIpAddress cannot change after creation: it is the address of the project's default gateway. Create a new Project with the other address",
    ),
  ),
  status: z.object({
    namespace: z
      .string()
      .describe('The namespace, VPC and prefix of everything created for the project.')
      .exactOptional(),
    ready: z.boolean().exactOptional(),
    conditions: conditions.exactOptional(),
  }),
  printerColumns: [
    column('CIDR', '.spec.cidrBlock'),
    column('Egress', '.spec.egressNetworkType'),
    column('VPC', '.status.namespace'),
    ...statusColumns,
  ],
  rules: [
    {
      rule: "!self.metadata.name.contains('.')",
      message: "the name of a Project becomes part of a namespace's name and cannot have dots; use hyphens",
    },
    {
      rule: 'size(self.metadata.name) <= 61',
      message:
        'the namespace of a Project is named "{organisation}-{project}" and has 63 characters at most; use a shorter name',
    },
  ],
});

export type Project = ObjectOf<typeof projectKind>;
