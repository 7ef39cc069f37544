import type { Desired } from '../compile/desired.ts';
import type { KubeObject, ResourceType } from '../resources/meta.ts';
import type { AddressPools } from './address-pools.ts';
import type { Reads } from './caches.ts';
import type { StatusStyle } from './own-object.ts';

/** What every controller is given besides the objects it reads. */
export interface Context {
  readonly reads: Reads;
  readonly pools: AddressPools;
  readonly settings: Settings;
}

export interface Settings {
  /** External subnet that `enableExternal` of a Vpc means. */
  readonly defaultExternalSubnet: string;
  /** Subnet of pods whose namespace has none of its own. */
  readonly defaultSubnet: string;
  /** Subnet through which nodes reach pods. */
  readonly joinSubnet: string;
  /** `spec.loadBalancerClass` of Services that are ours; those without a class are ours too. */
  readonly loadBalancerClass: string;
}

/** One kind's way from object to desired state: gather the inputs, call a compiler. */
export interface Controller<T extends KubeObject = KubeObject> {
  readonly type: ResourceType<T>;
  readonly style: StatusStyle;
  desired(object: T, context: Context): Desired;
}

/** Forgets the kind's own type, so that controllers of all kinds fit one list. */
export const controller = <T extends KubeObject>(of: Controller<T>): Controller => of as unknown as Controller;
