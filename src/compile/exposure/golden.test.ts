import { join } from 'node:path';
import { describe } from 'vitest';
import { readableDesired } from '../../../test/golden/desired.ts';
import { goldenPairs } from '../../../test/golden/golden.ts';
import type { Cidr } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import type { Service } from '../../resources/builtin/core.ts';
import type { EndpointSlice } from '../../resources/builtin/discovery.ts';
import { findCondition } from '../../resources/conditions.ts';
import type { EIp } from '../../resources/kube-dc/eip.ts';
import { unwrap } from '../../resources/result.ts';
import { automaticEipName } from './automatic-eip.ts';
import { bindingOf } from './binding.ts';
import { compileExposure, type NamespaceNetwork } from './service.ts';

interface ServiceCase {
  readonly service: Service;
  /** The EIp that the Service is bound to, if it is there. */
  readonly eip?: EIp;
  /** Whether that EIp goes with the Service. */
  readonly ours?: boolean;
  /** Other Services bound to it. */
  readonly sharers?: readonly Service[];
  readonly slices?: readonly EndpointSlice[];
  /** `none`: no Subnet serves the namespace. */
  readonly network?: NamespaceNetwork | 'none';
}

const shalbDemo: NamespaceNetwork = {
  vpc: 'shalb-demo',
  cidrs: ['10.0.10.0/24' as Cidr],
  defaultNetworkType: 'cloud',
};

describe('service', () => {
  goldenPairs<ServiceCase>(join(import.meta.dirname, 'testdata', 'service'), input => {
    const { service, eip, ours = false, sharers = [], slices = [], network = shalbDemo } = input;
    const binding = bindingOf(service);
    const address = eip?.status?.ipAddress;
    return readableDesired(
      compileExposure({
        service,
        binding,
        network: network === 'none' ? undefined : network,
        eip: {
          name: eip?.metadata.name ?? (binding.kind === 'named' ? binding.eip : automaticEipName(service)),
          exists: eip !== undefined,
          ours: eip === undefined || ours,
          networkType: eip?.spec.externalNetworkType,
          address: address === undefined ? undefined : unwrap(parseIp(address)),
          problem: findCondition(eip?.status?.conditions, 'Ready')?.message,
        },
        sharers: [service, ...sharers],
        slices,
      }),
    );
  });
});
