import { type Ip, parseIp } from '../../net/ip.ts';
import type { IP } from '../../resources/kubeovn/ip.ts';
import type { OvnDnatRule } from '../../resources/kubeovn/ovn-dnat-rule.ts';
import type { OvnFip } from '../../resources/kubeovn/ovn-fip.ts';
import type { Subnet } from '../../resources/kubeovn/subnet.ts';
import { failure, type Result, success } from '../../resources/result.ts';
import { vpcOf } from '../networks.ts';

/** The internal address that a NAT rule leads to. */
export interface NatTarget {
  readonly vpc: string;
  readonly address: Ip;
}

export interface NatTargetInput {
  readonly spec: OvnFip['spec'] | OvnDnatRule['spec'];
  /** The IP object of `spec.ipName`, and its Subnet. */
  readonly ip: IP | undefined;
  readonly subnet: Subnet | undefined;
}

/** Whom a rule names: an IP object, or an address of a VPC. */
export const natTargetOf = ({ spec, ip, subnet }: NatTargetInput): Result<NatTarget> => {
  if (spec.ipType && spec.ipType !== 'ip')
    return failure(`spec.ipType ${spec.ipType} is not supported. Use ip, or give spec.vpc and spec.v4Ip.`);
  if (spec.ipName) {
    if (!ip || !subnet)
      return failure(
        `spec.ipName names IP ${spec.ipName}, which does not exist. Create its pod, or name one that does.`,
      );
    return addressIn(vpcOf(subnet), ip.spec.v4IpAddress ?? '', `spec.ipName: IP ${spec.ipName}`);
  }
  if (!spec.vpc || !spec.v4Ip)
    return failure('it says where it leads neither by spec.ipName nor by spec.vpc with spec.v4Ip. Give one of them.');
  return addressIn(spec.vpc, spec.v4Ip, 'spec.v4Ip');
};

/** Equal for rules that name the same target in the same words. */
export const natTargetKey = ({ ipName, vpc, v4Ip }: NatTargetInput['spec']): string =>
  ipName ? `IP/${ipName}` : `${vpc ?? ''}/${v4Ip ?? ''}`;

const addressIn = (vpc: string, text: string, field: string): Result<NatTarget> => {
  const address = parseIp(text);
  return address.ok ? success({ vpc, address: address.value }) : failure(`${field}: ${address.error}`);
};
