import { familyOf, type Ip, parseIp } from '../../net/ip.ts';
import type { FIp } from '../../resources/kube-dc/fip.ts';
import type {
  VirtualMachineInstance,
  VirtualMachineInterface,
} from '../../resources/kubevirt/virtual-machine-instance.ts';

/** Where a FIp leads, or why that is not known. */
export type FipTarget =
  | { readonly ok: true; readonly address: Ip; readonly status?: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string; readonly message: string };

/** @param machine the VirtualMachineInstance of `spec.vmTarget`, if there is one */
export const fipTargetOf = ({ spec }: FIp, machine: VirtualMachineInstance | undefined): FipTarget => {
  if (spec.vmTarget) return machineTarget(spec.vmTarget, machine);
  const address = parseIp(spec.ipAddress ?? '');
  return address.ok
    ? { ok: true, address: address.value }
    : { ok: false, reason: 'InvalidTarget', message: `spec.ipAddress: ${address.error}` };
};

const machineTarget = (
  { vmName, interfaceName }: NonNullable<FIp['spec']['vmTarget']>,
  machine: VirtualMachineInstance | undefined,
): FipTarget => {
  if (!machine)
    return {
      ok: false,
      reason: 'VMNotFound',
      message: `spec.vmTarget.vmName names ${vmName}, and no VirtualMachineInstance of this namespace is called so. Start the virtual machine, or name another.`,
    };
  const all = machine.status?.interfaces ?? [];
  const named = interfaceName ? all.filter(candidate => isCalled(candidate, interfaceName)) : all;
  if (interfaceName && all.length > 0 && named.length === 0)
    return {
      ok: false,
      reason: 'InterfaceNotFound',
      message: `spec.vmTarget.interfaceName names ${interfaceName}, which virtual machine ${vmName} does not have: it has ${all.map(({ name, interfaceName: guest }) => name ?? guest).join(', ')}.`,
    };
  for (const found of named) {
    const address = addressOf(found);
    if (address !== undefined) return { ok: true, address, status: targetStatus(vmName, found, address) };
  }
  return {
    ok: false,
    reason: 'VMAddressPending',
    message: `virtual machine ${vmName} has not reported an IPv4 address yet.`,
  };
};

/** By the name of its network in the machine's spec, or by the guest's own. */
const isCalled = (candidate: VirtualMachineInterface, wanted: string): boolean =>
  candidate.name === wanted || candidate.interfaceName === wanted;

const addressOf = ({ ipAddress, ipAddresses = [] }: VirtualMachineInterface): Ip | undefined =>
  [ipAddress ?? '', ...ipAddresses]
    .flatMap(text => {
      const address = parseIp(text);
      return address.ok ? [address.value] : [];
    })
    .find(address => familyOf(address) === 4);

const targetStatus = (vmName: string, { name, interfaceName, mac }: VirtualMachineInterface, ipAddress: Ip) => ({
  targetVMInterface: { vmName, interfaceName: name ?? interfaceName ?? '', ipAddress, ...(mac && { mac }) },
});
