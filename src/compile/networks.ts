import { type Cidr, cidrContains, cidrFamily, hostAddresses, parseCidr } from '../net/cidr.ts';
import { familyOf, type Ip, parseIp } from '../net/ip.ts';
import type { Subnet } from '../resources/kubeovn/subnet.ts';
import { defaultVpc } from '../resources/names.ts';
import { failure, type Result, success } from '../resources/result.ts';

/** One IP family of a subnet. */
export interface SubnetNetwork {
  readonly cidr: Cidr;
  readonly gateway: Ip;
}

const parts = (text: string | undefined): string[] => (text ? text.split(',').map(part => part.trim()) : []);

/** The networks of a Subnet, IPv4 first as written; the gateway is the first host address where none is given. */
export const networksOf = ({ metadata, spec }: Subnet): Result<SubnetNetwork[]> => {
  const gateways: Ip[] = [];
  for (const text of parts(spec.gateway)) {
    const gateway = parseIp(text);
    if (!gateway.ok) return failure(`Subnet ${metadata.name}: spec.gateway: ${gateway.error}`);
    gateways.push(gateway.value);
  }
  const networks: SubnetNetwork[] = [];
  for (const text of parts(spec.cidrBlock)) {
    const cidr = parseCidr(text);
    if (!cidr.ok) return failure(`Subnet ${metadata.name}: spec.cidrBlock: ${cidr.error}`);
    const gateway =
      gateways.find(candidate => familyOf(candidate) === cidrFamily(cidr.value)) ?? hostAddresses(cidr.value).first;
    if (!cidrContains(cidr.value, gateway)) {
      return failure(
        `Subnet ${metadata.name}: spec.gateway ${gateway} is not in spec.cidrBlock ${cidr.value}; give an address that is.`,
      );
    }
    networks.push({ cidr: cidr.value, gateway });
  }
  return success(networks);
};

export const vpcOf = (subnet: Subnet): string => subnet.spec.vpc || defaultVpc;

/** External subnets are those with a VLAN on a provider network. */
export const isExternal = (subnet: Subnet): boolean => subnet.spec.vlan !== undefined && subnet.spec.vlan !== '';
