import type { KubeObject, ResourceType } from '../meta.ts';

/** What KubeVirt says of an interface of a running machine: https://kubevirt.io/api-reference/main/definitions.html */
export interface VirtualMachineInterface {
  /** Of the network in the machine's spec. */
  name?: string;
  /** As the guest calls it. */
  interfaceName?: string;
  ipAddress?: string;
  ipAddresses?: string[];
  mac?: string;
}

export interface VirtualMachineInstance extends KubeObject {
  status?: { interfaces?: VirtualMachineInterface[] };
}

export const virtualMachineInstanceType: ResourceType<VirtualMachineInstance> = {
  group: 'kubevirt.io',
  version: 'v1',
  kind: 'VirtualMachineInstance',
  plural: 'virtualmachineinstances',
  namespaced: true,
};
