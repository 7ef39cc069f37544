import type { Ip } from '../../net/ip.ts';
import type { EIp } from '../../resources/kube-dc/eip.ts';
import type { OvnEip } from '../../resources/kubeovn/ovn-eip.ts';
import { objectKey } from '../../resources/meta.ts';
import { finalizer } from '../../resources/names.ts';
import { type Desired, isReady, notReady, type OwnFacets, type Readiness } from '../desired.ts';
import { ovnEipObject } from '../ovn/gateway-address.ts';

/** The address an EIp holds, or why it has none. */
export type EipAddress =
  | { readonly ok: true; readonly address: Ip }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly message: string;
      /** What it had is not its own: its OvnEip goes. */
      readonly lost?: boolean;
    };

export interface EipOwner {
  /** Kind: Service, FIp, Project. */
  readonly type: string;
  readonly ownerRef: string;
}

export interface EipInput {
  readonly eip: EIp;
  /** Where its OvnEip is, or would be. */
  readonly ovnEip: { readonly name: string; readonly type: 'lrp' | 'nat'; readonly live: OvnEip | undefined };
  /** undefined: no network of its type; `held` then says so. */
  readonly externalSubnet: string | undefined;
  readonly held: EipAddress;
  readonly owners: readonly EipOwner[];
}

/** An EIp: the OvnEip that holds its address, and who uses it. It cannot vanish while somebody does. */
export const compileEip = (input: EipInput): Desired => {
  const { eip, held, externalSubnet, ovnEip } = input;
  if (eip.metadata.deletionTimestamp && !isHeld(input)) return { objects: [], own: {} };
  if (!held.ok || externalSubnet === undefined) {
    const problem = held.ok ? notReady('NoExternalNetwork', '') : notReady(held.reason, held.message);
    const keeps = ovnEip.live && !(!held.ok && held.lost);
    return { objects: keeps ? undefined : [], own: facets(input, {}, problem) };
  }
  return {
    objects: [ovnEipObject({ name: ovnEip.name, externalSubnet, address: held.address, type: ovnEip.type })],
    own: facets(input, { ipAddress: held.address, ovnEIpRef: ovnEip.name }, readiness(input, held.address)),
  };
};

/** A Project does not hold its gateway's EIp back: it makes it anew, while one that cannot vanish stays half deleted. */
const isHeld = ({ owners }: EipInput): boolean => owners.some(owner => owner.type !== 'Project');

const readiness = ({ eip, ovnEip }: EipInput, address: Ip): Readiness => {
  if (ovnEip.live?.status?.ready) return isReady(`${address} on ${ovnEip.live.spec.externalSubnet}.`);
  const problem = ovnEip.live?.status?.conditions?.find(condition => condition.type === 'Ready')?.message;
  return notReady(
    'OvnEipNotReady',
    `EIp ${objectKey(eip.metadata)} waits for OvnEip ${ovnEip.name}${problem ? `: ${problem}` : '.'}`,
  );
};

const facets = (input: EipInput, status: Readonly<Record<string, unknown>>, ready: Readiness): OwnFacets => ({
  ...(isHeld(input) && { finalizer }),
  status: { ...status, owners: input.owners, ownershipType: ownershipType(input.owners.length) },
  ready,
});

const ownershipType = (owners: number): 'Released' | 'Exclusive' | 'Shared' => {
  if (owners === 0) return 'Released';
  return owners === 1 ? 'Exclusive' : 'Shared';
};
