import { isOlder, oldest } from '../../compile/age.ts';
import { compileDnatObject, dnatClaim } from '../../compile/ovn/dnat-object.ts';
import { compileFipObject } from '../../compile/ovn/fip-object.ts';
import { type NatTarget, type NatTargetInput, natTargetKey, natTargetOf } from '../../compile/ovn/nat-target.ts';
import type { WayBack } from '../../compile/ovn/way-back.ts';
import { type IP, ipKind } from '../../resources/kubeovn/ip.ts';
import { type OvnDnatRule, ovnDnatRuleKind } from '../../resources/kubeovn/ovn-dnat-rule.ts';
import { type OvnEip, ovnEipKind } from '../../resources/kubeovn/ovn-eip.ts';
import { type OvnFip, ovnFipKind } from '../../resources/kubeovn/ovn-fip.ts';
import { subnetKind } from '../../resources/kubeovn/subnet.ts';
import type { Result } from '../../resources/result.ts';
import type { Reads } from '../caches.ts';
import { controller } from '../controller.ts';
import { rightful } from '../ovn-eips.ts';
import { wayBackTo } from '../way-back.ts';

export const ovnFipController = controller({
  type: ovnFipKind.type,
  style: 'whole-with-ready',
  desired: (rule, { reads }) => {
    const inputs = natInputs(rule.spec, reads);
    return compileFipObject({
      rule,
      ...inputs,
      ip:
        rule.spec.type === 'distributed' && inputs.target.ok
          ? (inputs.ip ?? ipAt(inputs.target.value, reads))
          : undefined,
      holder: fipHolder(rule, inputs.ovnEip, reads)?.metadata.name,
    });
  },
});

export const dnatController = controller({
  type: ovnDnatRuleKind.type,
  style: 'whole-with-ready',
  desired: (rule, { reads }) =>
    compileDnatObject({ rule, ...natInputs(rule.spec, reads), holder: dnatHolder(rule, reads)?.metadata.name }),
});

interface NatInputs {
  readonly ovnEip: OvnEip | undefined;
  readonly ip: IP | undefined;
  readonly target: Result<NatTarget>;
  readonly wayBack: WayBack | undefined;
}

const natInputs = (spec: NatTargetInput['spec'], reads: Reads): NatInputs => {
  const ovnEip = rightful(reads.get(ovnEipKind.type, spec.ovnEip), reads);
  const ip = spec.ipName ? reads.get(ipKind.type, spec.ipName) : undefined;
  const target = natTargetOf({ spec, ip, subnet: ip && reads.get(subnetKind.type, ip.spec.subnet) });
  const wayBack = ovnEip && target.ok ? wayBackTo(ovnEip.spec.externalSubnet, target.value.vpc, reads) : undefined;
  return { ovnEip, ip, target, wayBack };
};

/** The IP object that keeps an address of a VPC. */
const ipAt = ({ vpc, address }: NatTarget, reads: Reads): IP | undefined =>
  reads
    .by(subnetKind.type, 'vpc', vpc)
    .flatMap(({ metadata }) => reads.by(ipKind.type, 'address', `${metadata.name}/${address}`))[0];

/** The first on the OvnEip, and the first that leads to the target from the same network. */
const fipHolder = (rule: OvnFip, ovnEip: OvnEip | undefined, reads: Reads): OvnFip | undefined => {
  const network = ovnEip?.spec.externalSubnet;
  const toSameTarget = reads
    .by(ovnFipKind.type, 'target', natTargetKey(rule.spec))
    .filter(({ spec }) => reads.get(ovnEipKind.type, spec.ovnEip)?.spec.externalSubnet === network);
  return olderThan(rule, [...reads.by(ovnFipKind.type, 'ovnEip', rule.spec.ovnEip), ...toSameTarget]);
};

const dnatHolder = (rule: OvnDnatRule, reads: Reads): OvnDnatRule | undefined =>
  olderThan(
    rule,
    reads.by(ovnDnatRuleKind.type, 'ovnEip', rule.spec.ovnEip).filter(other => dnatClaim(other) === dnatClaim(rule)),
  );

const olderThan = <T extends OvnFip | OvnDnatRule>(rule: T, all: readonly T[]): T | undefined =>
  oldest(all.filter(other => other.metadata.uid !== rule.metadata.uid && isOlder(other, rule)));
