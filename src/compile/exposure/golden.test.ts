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
import type { FIp } from '../../resources/kube-dc/fip.ts';
import type { OvnFip } from '../../resources/kubeovn/ovn-fip.ts';
import type { VirtualMachineInstance } from '../../resources/kubevirt/virtual-machine-instance.ts';
import { unwrap } from '../../resources/result.ts';
import type { WayBack } from '../ovn/way-back.ts';
import { automaticEipName } from './automatic-eip.ts';
import { bindingOf } from './binding.ts';
import { compileFip, eipNameOf } from './fip.ts';
import { fipTargetOf } from './fip-target.ts';
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
  /** FIps that use it. */
  readonly fips?: readonly FIp[];
  readonly wayBack?: WayBack;
  readonly gatewayProblem?: string;
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
    const { service, eip, ours = false, sharers = [], slices = [], fips = [], network = shalbDemo } = input;
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
        fips,
        wayBack: input.wayBack ?? { kind: 'default' },
        gatewayProblem: input.gatewayProblem,
      }),
    );
  });
});

interface FipCase {
  readonly fip: FIp;
  /** Of `spec.vmTarget`. */
  readonly machine?: VirtualMachineInstance;
  readonly network?: NamespaceNetwork | 'none';
  readonly eip?: EIp;
  readonly isGateway?: boolean;
  readonly fips?: readonly FIp[];
  readonly services?: readonly Service[];
  readonly live?: OvnFip;
}

describe('fip', () => {
  goldenPairs<FipCase>(join(import.meta.dirname, 'testdata', 'fip'), input => {
    const { fip, eip, network = shalbDemo } = input;
    const address = eip?.status?.ipAddress;
    return readableDesired(
      compileFip({
        fip,
        target: fipTargetOf(fip, input.machine),
        network: network === 'none' ? undefined : network,
        eip: {
          name: eipNameOf(fip),
          exists: eip !== undefined,
          ours: fip.spec.eip === undefined,
          networkType: eip?.spec.externalNetworkType,
          address: address === undefined ? undefined : unwrap(parseIp(address)),
          problem: findCondition(eip?.status?.conditions, 'Ready')?.message,
          ovnEip: eip?.status?.ovnEIpRef,
        },
        isGateway: input.isGateway ?? false,
        others: { fips: [fip, ...(input.fips ?? [])], services: input.services ?? [] },
        live: input.live,
      }),
    );
  });
});
