import { join } from 'node:path';
import { describe } from 'vitest';
import { readableDesired } from '../../../test/golden/desired.ts';
import { goldenPairs } from '../../../test/golden/golden.ts';
import { manifest } from '../../../test/golden/kube-dc.ts';
import type { EIp } from '../../resources/kube-dc/eip.ts';
import type { Project } from '../../resources/kube-dc/project.ts';
import type { OvnEip } from '../../resources/kubeovn/ovn-eip.ts';
import { type Subnet, subnetKind } from '../../resources/kubeovn/subnet.ts';
import { externalNetworkTypeLabel } from '../../resources/names.ts';
import { unwrap } from '../../resources/result.ts';
import { networksOf } from '../networks.ts';
import { compileEip, type EipAddress, type EipOwner } from './eip.ts';
import { compileProject } from './project.ts';

const testdata = (feature: string): string => join(import.meta.dirname, 'testdata', feature);

interface ProjectCase {
  readonly project: Project;
  /** Other Projects whose names join to the same. */
  readonly namesakes?: readonly Project[];
  readonly externalSubnets?: readonly Subnet[];
  readonly usedNetworkTypes?: readonly string[];
  readonly problems?: readonly string[];
}

const externalSubnets = ['ext-cloud', 'ext-public'].map(name => manifest(subnetKind.type, name));
const join172 = manifest(subnetKind.type, 'join');

describe('project', () => {
  goldenPairs<ProjectCase>(testdata('project'), input =>
    readableDesired(
      compileProject({
        project: input.project,
        namesakes: [input.project, ...(input.namesakes ?? [])],
        usedNetworkTypes: input.usedNetworkTypes ?? [],
        defaultExternalSubnet: 'ext-cloud',
        externalNetworks: (input.externalSubnets ?? externalSubnets).flatMap(subnet =>
          unwrap(networksOf(subnet)).map(network => ({
            ...network,
            subnet: subnet.metadata.name,
            type: subnet.metadata.labels?.[externalNetworkTypeLabel] ?? '',
          })),
        ),
        reserved: unwrap(networksOf(join172)).map(({ cidr }) => ({ what: 'Subnet join', cidr })),
        problems: input.problems ?? [],
      }),
    ),
  );
});

interface EipCase {
  readonly eip: EIp;
  readonly ovnEip: { readonly name: string; readonly type: 'lrp' | 'nat'; readonly live?: OvnEip };
  readonly externalSubnet?: string;
  readonly held: EipAddress;
  readonly owners?: readonly EipOwner[];
}

describe('eip', () => {
  goldenPairs<EipCase>(testdata('eip'), ({ eip, ovnEip, externalSubnet, held, owners = [] }) =>
    readableDesired(compileEip({ eip, ovnEip: { live: undefined, ...ovnEip }, externalSubnet, held, owners })),
  );
});
