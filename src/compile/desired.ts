import { findCondition } from '../resources/conditions.ts';
import type { Condition, KubeObject, OwnerReference, ResourceType } from '../resources/meta.ts';
import type { RowPiece } from './ovn/row.ts';

/** A Kubernetes object that an owner wants to exist; only the fields it cares about. */
export interface WantedObject {
  readonly type: ResourceType;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Kubernetes' own garbage collection then removes it even while we are away. Same namespace only. */
  readonly ownerReference?: OwnerReference;
  /** Take over an object of this name that a user made and nobody owns. Otherwise its name is taken. */
  readonly adopt?: boolean;
  /** Everything of the object besides apiVersion, kind and metadata. */
  readonly content: Readonly<Record<string, unknown>>;
}

/** How an owner's own object shows its state: condition `Ready`. */
export interface Readiness {
  readonly ready: boolean;
  /** CamelCase, stable. */
  readonly reason: string;
  /** A sentence; for a problem it names the object, the field and the remedy. */
  readonly message: string;
}

/** What we write on the owner's own object. */
export interface OwnFacets {
  readonly annotations?: Readonly<Record<string, string>>;
  /** Keep the object from vanishing until nothing depends on it. */
  readonly finalizer?: string;
  /** Fields of status besides conditions. */
  readonly status?: Readonly<Record<string, unknown>>;
  readonly ready?: Readiness;
}

/** The complete desired state of one owner. A part left undefined is left as it is: what is rejected does not tear down what works. */
export interface Desired {
  readonly objects?: readonly WantedObject[] | undefined;
  readonly rows?: readonly RowPiece[] | undefined;
  readonly own?: OwnFacets | undefined;
}

/** Nothing at all: what an owner wants that no longer exists. */
export const NOTHING: Desired = { objects: [], rows: [] };

export const isReady = (message: string): Readiness => ({ ready: true, reason: 'Ready', message });
export const notReady = (reason: string, message: string): Readiness => ({ ready: false, reason, message });

interface Reporting {
  readonly status?: { readonly ready?: boolean; readonly conditions?: readonly Condition[] } | undefined;
}

/** Why another object that ours rests on is not ready, in its own words; undefined: it is. `what` names it: `EIp shalb-demo/default-gw`. */
export const problemOfPart = (what: string, part: Reporting | undefined): string | undefined => {
  if (!part) return `${what} does not exist yet.`;
  const said = findCondition(part.status?.conditions, 'Ready');
  if (said) return said.status === 'True' ? undefined : `${what}: ${said.message}`;
  return part.status?.ready ? undefined : `${what} is not ready yet.`;
};

/** A user error that leaves what is there as it is. */
export const reject = (reason: string, message: string): Desired => ({ own: { ready: notReady(reason, message) } });

/** A user error that takes back what was there: it stands on something that may be another's now. */
export const withhold = (reason: string, message: string): Desired => ({
  ...NOTHING,
  own: { ready: notReady(reason, message) },
});

/** A reference by which Kubernetes deletes what carries it together with `owner`. */
export const controlledBy = (type: ResourceType, owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: type.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: false,
});
