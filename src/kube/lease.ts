/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/ */
import type { KubeObject, ResourceType } from '../resources/meta.ts';

export interface Lease extends KubeObject {
  spec?: {
    /** Absent when nobody holds it. */
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

export const leaseType: ResourceType<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

/** `MicroTime` takes exactly six digits of a second. */
export const microTime = (date: Date): string => date.toISOString().replace('Z', '000Z');

interface Claim {
  readonly identity: string;
  readonly seconds: number;
  readonly date: Date;
}

/** The lease as we would hold it, on top of the one seen; whoever wrote in between makes the write a conflict. */
export function claimed(lease: Lease | undefined, metadata: Lease['metadata'], claim: Claim): Lease {
  const { identity, seconds, date } = claim;
  const mine = lease?.spec?.holderIdentity === identity;
  const now = microTime(date);
  const transitions = lease?.spec?.leaseTransitions ?? 0;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: lease?.metadata ?? metadata,
    spec: {
      ...lease?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: seconds,
      acquireTime: (mine && lease?.spec?.acquireTime) || now,
      renewTime: now,
      leaseTransitions: mine || !lease ? transitions : transitions + 1,
    },
  };
}

/** As client-go leaves it: nobody holds it, and it would end within a second in any case. */
export function released(lease: Lease, date: Date): Lease {
  const { holderIdentity: _, ...spec } = lease.spec ?? {};
  const now = microTime(date);
  return { ...lease, spec: { ...spec, leaseDurationSeconds: 1, acquireTime: now, renewTime: now } };
}
