import type { Ip } from '../../net/ip.ts';
import { macFor } from '../../net/mac.ts';
import { ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import type { WantedObject } from '../desired.ts';

/** Kube-OVN's name for the OvnEip of a VPC's port in an external subnet; the router's port has the same name. */
export const gatewayOvnEipName = (vpc: string, externalSubnet: string): string => `${vpc}-${externalSubnet}`;

export interface WantedOvnEip {
  readonly name: string;
  readonly externalSubnet: string;
  readonly address: Ip;
  readonly type: 'lrp' | 'nat';
}

/** An OvnEip with everything decided: address, and a MAC that follows from its name. */
export const ovnEipObject = ({ name, externalSubnet, address, type }: WantedOvnEip): WantedObject => ({
  type: ovnEipKind.type,
  name,
  content: { spec: { externalSubnet, v4Ip: address, macAddress: macFor(`OvnEip ${name}`), type } },
});

export interface WantedGateway {
  readonly vpc: string;
  readonly externalSubnet: string;
  readonly address: Ip;
}

export const gatewayOvnEip = ({ vpc, externalSubnet, address }: WantedGateway): WantedObject =>
  ovnEipObject({ name: gatewayOvnEipName(vpc, externalSubnet), externalSubnet, address, type: 'lrp' });
