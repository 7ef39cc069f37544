import { type Cidr, cidrContains } from '../../net/cidr.ts';
import { type Ip, parseIp } from '../../net/ip.ts';
import type { OvnEip } from '../../resources/kubeovn/ovn-eip.ts';
import type { Subnet } from '../../resources/kubeovn/subnet.ts';
import { externalGatewayLabel } from '../../resources/names.ts';
import { failure, type Result, success } from '../../resources/result.ts';
import { type Desired, isReady, NOTHING, notReady, type Readiness, withhold } from '../desired.ts';
import { networksOf } from '../networks.ts';
import { ovnEipMac } from './gateway-address.ts';
import { compileRouterGateway } from './router-gateway.ts';

export interface OvnEipObjectInput {
  readonly ovnEip: OvnEip;
  readonly externalSubnet: Subnet | undefined;
  /** Who holds the same address by right of age, when it is not this one. */
  readonly holder: string | undefined;
  /** Of type lrp: the VPC whose port this is; undefined: no Vpc names the subnet and makes `{vpc}-{subnet}` this name. */
  readonly vpc: string | undefined;
  readonly chassis: readonly string[];
}

/** An address of an external network; of type lrp it is a router's port there. */
export const compileOvnEipObject = (input: OvnEipObjectInput): Desired => {
  const { ovnEip, vpc } = input;
  const { name } = ovnEip.metadata;
  const place = placeOf(input);
  if (!place.ok) return withhold(place.error.reason, `OvnEip ${name}: ${place.error.message}`);
  const { address, cidr, subnet } = place.value;
  const type = ovnEip.spec.type || 'nat';
  const mac = ovnEip.spec.macAddress || ovnEipMac(name);
  const status = { type, v4Ip: address, macAddress: mac };
  if (type !== 'lrp') return { ...NOTHING, own: { status, ready: isReady(`${address} on ${subnet}.`) } };
  if (vpc === undefined)
    return withhold(
      'VpcNotFound',
      `OvnEip ${name}: it is of type lrp, but no Vpc is called as the part of its name before -${subnet}. Create the Vpc.`,
    );
  return {
    objects: [],
    rows: compileRouterGateway({
      ovnEip: name,
      vpc,
      externalSubnet: subnet,
      networks: [{ cidr, address }],
      mac,
      chassis: input.chassis,
    }),
    own: { status, ready: gatewayReadiness(input, `${address} on ${subnet}.`) },
  };
};

interface Place {
  readonly address: Ip;
  readonly cidr: Cidr;
  readonly subnet: string;
}

const placeOf = ({ ovnEip, externalSubnet, holder }: OvnEipObjectInput): Result<Place, Omit<Readiness, 'ready'>> => {
  const invalid = (message: string) => failure({ reason: 'InvalidAddress', message });
  if (!externalSubnet)
    return failure({
      reason: 'SubnetNotFound',
      message: `spec.externalSubnet names ${ovnEip.spec.externalSubnet}, which is not an external Subnet. Create it, or make the OvnEip anew with one that is.`,
    });
  const subnet = externalSubnet.metadata.name;
  const networks = networksOf(externalSubnet);
  if (!networks.ok) return invalid(networks.error);
  const address = parseIp(ovnEip.spec.v4Ip ?? '');
  if (!address.ok) return invalid(`spec.v4Ip: ${address.error}`);
  const network = networks.value.find(({ cidr }) => cidrContains(cidr, address.value));
  if (!network)
    return invalid(
      `spec.v4Ip ${address.value} is not in Subnet ${subnet} (${externalSubnet.spec.cidrBlock}). Make the OvnEip anew with an address that is.`,
    );
  if (holder !== undefined)
    return failure({
      reason: 'AddressConflict',
      message: `spec.v4Ip ${address.value} is held by the older OvnEip ${holder}. Make this one anew with another address.`,
    });
  return success({ address: address.value, cidr: network.cidr, subnet });
};

const gatewayReadiness = ({ ovnEip, chassis }: OvnEipObjectInput, message: string): Readiness =>
  chassis.length > 0
    ? isReady(message)
    : notReady(
        'NoGatewayNode',
        `OvnEip ${ovnEip.metadata.name}: no Node has the label ${externalGatewayLabel}=true, so nothing carries its traffic. Label one.`,
      );
