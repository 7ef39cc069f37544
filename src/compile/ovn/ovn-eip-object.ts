import { cidrContains } from '../../net/cidr.ts';
import { parseIp } from '../../net/ip.ts';
import type { OvnEip } from '../../resources/kubeovn/ovn-eip.ts';
import type { Subnet } from '../../resources/kubeovn/subnet.ts';
import { type Desired, isReady, NOTHING, notReady } from '../desired.ts';
import { networksOf } from '../networks.ts';
import { compileRouterGateway } from './router-gateway.ts';
import { routerMac } from './subnet.ts';

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
  const { ovnEip, externalSubnet, holder } = input;
  const { name } = ovnEip.metadata;
  const withheld = (reason: string, message: string): Desired => ({
    ...NOTHING,
    own: { ready: notReady(reason, `OvnEip ${name}: ${message}`) },
  });
  if (!externalSubnet)
    return withheld(
      'SubnetNotFound',
      `spec.externalSubnet names ${ovnEip.spec.externalSubnet}, which is not an external Subnet. Create it, or make the OvnEip anew with one that is.`,
    );
  const networks = networksOf(externalSubnet);
  const address = parseIp(ovnEip.spec.v4Ip ?? '');
  if (!address.ok || !networks.ok)
    return withheld('InvalidAddress', `spec.v4Ip: ${address.ok ? 'the subnet is not valid' : address.error}`);
  const network = networks.value.find(({ cidr }) => cidrContains(cidr, address.value));
  if (!network)
    return withheld(
      'InvalidAddress',
      `spec.v4Ip ${address.value} is not in Subnet ${externalSubnet.metadata.name} (${externalSubnet.spec.cidrBlock}). Make the OvnEip anew with an address that is.`,
    );
  if (holder !== undefined)
    return withheld(
      'AddressConflict',
      `spec.v4Ip ${address.value} is held by the older OvnEip ${holder}. Make this one anew with another address.`,
    );

  const type = ovnEip.spec.type || 'nat';
  const mac = ovnEip.spec.macAddress || routerMac(name, externalSubnet.metadata.name);
  const own = {
    status: { type, v4Ip: address.value, macAddress: mac },
    ready: isReady(`${address.value} on ${externalSubnet.metadata.name}.`),
  };
  if (type !== 'lrp') return { ...NOTHING, own };
  if (input.vpc === undefined)
    return withheld(
      'VpcNotFound',
      `it is of type lrp, but no Vpc is called as the part of its name before -${externalSubnet.metadata.name}. Create the Vpc.`,
    );
  return {
    objects: [],
    rows: compileRouterGateway({
      ovnEip: name,
      vpc: input.vpc,
      externalSubnet: externalSubnet.metadata.name,
      networks: [{ cidr: network.cidr, address: address.value }],
      mac,
      chassis: input.chassis,
    }),
    own:
      input.chassis.length > 0
        ? own
        : {
            ...own,
            ready: notReady(
              'NoGatewayNode',
              `OvnEip ${name}: no Node has the label ovn.kubernetes.io/external-gw=true, so nothing carries its traffic. Label one.`,
            ),
          },
  };
};
