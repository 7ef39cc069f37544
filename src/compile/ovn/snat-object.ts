import { type Cidr, cidrFamily, networkOf, parseCidr } from '../../net/cidr.ts';
import { addressBits, familyOf, parseIp } from '../../net/ip.ts';
import type { OvnEip } from '../../resources/kubeovn/ovn-eip.ts';
import type { OvnSnatRule } from '../../resources/kubeovn/ovn-snat-rule.ts';
import type { Subnet } from '../../resources/kubeovn/subnet.ts';
import { failure, type Result, success } from '../../resources/result.ts';
import { type Desired, isReady, withhold } from '../desired.ts';
import { networksOf, vpcOf } from '../networks.ts';
import { compileSnat } from './router-gateway.ts';

export interface SnatObjectInput {
  readonly rule: OvnSnatRule;
  readonly ovnEip: OvnEip | undefined;
  readonly subnet: Subnet | undefined;
  /** The OvnEips of type lrp of the rule's VPC. */
  readonly gateways: readonly OvnEip[];
}

export interface SnatSource {
  readonly vpc: string;
  readonly cidrs: readonly Cidr[];
}

/** Whose traffic a rule is for: a subnet's, or a network's or an address's of a VPC. */
export const snatSource = ({ metadata, spec }: OvnSnatRule, subnet: Subnet | undefined): Result<SnatSource> => {
  const named = `OvnSnatRule ${metadata.name}: `;
  const unread = (['ipName', 'v6IpCidr'] as const).find(field => spec[field]);
  if (unread)
    return failure(
      `${named}spec.${unread} is not supported. Say whose traffic it is for by spec.vpcSubnet, or by spec.vpc with spec.v4IpCidr.`,
    );
  if (spec.vpcSubnet) {
    if (!subnet)
      return failure(
        `${named}spec.vpcSubnet names Subnet ${spec.vpcSubnet}, which does not exist. Create it, or name one that does.`,
      );
    const networks = networksOf(subnet);
    return networks.ok
      ? success({ vpc: vpcOf(subnet), cidrs: networks.value.map(({ cidr }) => cidr).filter(isV4) })
      : networks;
  }
  if (!spec.vpc || !spec.v4IpCidr)
    return failure(
      `${named}it says whose traffic it is for neither by spec.vpcSubnet nor by spec.vpc with spec.v4IpCidr. Give one of them.`,
    );
  const cidr = asCidr(spec.v4IpCidr);
  return cidr.ok ? success({ vpc: spec.vpc, cidrs: [cidr.value] }) : failure(`${named}spec.v4IpCidr: ${cidr.error}`);
};

const isV4 = (cidr: Cidr): boolean => cidrFamily(cidr) === 4;

const asCidr = (text: string): Result<Cidr> => {
  if (text.includes('/')) return parseCidr(text);
  const address = parseIp(text);
  return address.ok ? success(networkOf(address.value, addressBits(familyOf(address.value)))) : address;
};

export const compileSnatObject = ({ rule, ovnEip, subnet, gateways }: SnatObjectInput): Desired => {
  const name = rule.metadata.name;
  const source = snatSource(rule, subnet);
  if (!source.ok) return withhold('InvalidSource', source.error);
  const address = parseIp(ovnEip?.spec.v4Ip ?? '');
  if (!ovnEip || !address.ok)
    return withhold(
      'OvnEipNotFound',
      `OvnSnatRule ${name}: spec.ovnEip names ${rule.spec.ovnEip}, which ${ovnEip ? 'has no valid address' : 'does not exist. Create it, or name one that does'}.`,
    );
  const ports = gateways.flatMap(gateway => {
    const portAddress = parseIp(gateway.spec.v4Ip ?? '');
    return portAddress.ok
      ? [{ ovnEip: gateway.metadata.name, externalSubnet: gateway.spec.externalSubnet, address: portAddress.value }]
      : [];
  });
  if (!ports.some(port => port.externalSubnet === ovnEip.spec.externalSubnet)) {
    return withhold(
      'NoGateway',
      `OvnSnatRule ${name}: VPC ${source.value.vpc} has no port in ${ovnEip.spec.externalSubnet}, the network of OvnEip ${ovnEip.metadata.name}. Add it to spec.extraExternalSubnets of the Vpc.`,
    );
  }
  return {
    rows: compileSnat({
      ...source.value,
      address: address.value,
      externalSubnet: ovnEip.spec.externalSubnet,
      gateways: ports,
    }),
    own: {
      status: { vpc: source.value.vpc, v4Eip: address.value, v4IpCidr: source.value.cidrs.join(',') },
      ready: isReady(`${source.value.cidrs.join(', ')} leaves as ${address.value}.`),
    },
  };
};
