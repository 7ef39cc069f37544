import { oldest } from '../compile/age.ts';
import { type OvnEip, ovnEipKind } from '../resources/kubeovn/ovn-eip.ts';
import type { Reads } from './caches.ts';

/** Of several OvnEips of one address, the oldest holds it: its name, when it is not this one. */
export const olderHolder = (ovnEip: OvnEip, reads: Reads): string | undefined => {
  const address = `${ovnEip.spec.externalSubnet}/${ovnEip.spec.v4Ip ?? ''}`;
  const holder = oldest(reads.by(ovnEipKind.type, 'address', address));
  return holder && holder.metadata.uid !== ovnEip.metadata.uid ? holder.metadata.name : undefined;
};

/** The OvnEip, if its address is its own. */
export const rightful = (ovnEip: OvnEip | undefined, reads: Reads): OvnEip | undefined =>
  ovnEip && olderHolder(ovnEip, reads) === undefined ? ovnEip : undefined;
