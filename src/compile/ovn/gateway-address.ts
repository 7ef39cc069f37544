import type { Ip } from '../../net/ip.ts';
import { type Mac, macFor } from '../../net/mac.ts';
import { ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import type { WantedObject } from '../desired.ts';
import { objectName } from '../naming.ts';

/** Kube-OVN's name for the OvnEip of a VPC's port in an external subnet; the router's port has the same name. */
export const gatewayOvnEipName = (vpc: string, externalSubnet: string): string => `${vpc}-${externalSubnet}`;

/** Every OvnEip that is no router's begins so; no VPC's name does, or a tenant could take the name of a gateway's address. */
export const natOvnEipPrefix = 'eip-';

/** Name of the OvnEip of an EIp. */
export const natOvnEipName = (eip: string): string => objectName(`${natOvnEipPrefix}${eip}`);

/** Where that name is another's. No EIp's own name leads here: those begin `eip-`, and namespaces have no dots. */
export const namespacedOvnEipName = (namespace: string, eip: string): string => objectName(`eip.${namespace}.${eip}`);

export interface WantedOvnEip {
  readonly name: string;
  readonly externalSubnet: string;
  readonly address: Ip;
  readonly type: 'lrp' | 'nat';
}

/** The MAC address of an OvnEip that gives none: it follows from the name, so that a rebuilt cluster gets the same. */
export const ovnEipMac = (name: string): Mac => macFor(`OvnEip ${name}`);

/** An OvnEip with everything decided. */
export const ovnEipObject = ({ name, externalSubnet, address, type }: WantedOvnEip): WantedObject => ({
  type: ovnEipKind.type,
  name,
  content: { spec: { externalSubnet, v4Ip: address, macAddress: ovnEipMac(name), type } },
});

export interface WantedGateway {
  readonly vpc: string;
  readonly externalSubnet: string;
  readonly address: Ip;
}

export const gatewayOvnEip = ({ vpc, externalSubnet, address }: WantedGateway): WantedObject =>
  ovnEipObject({ name: gatewayOvnEipName(vpc, externalSubnet), externalSubnet, address, type: 'lrp' });
