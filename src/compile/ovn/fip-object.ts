import type { Ip } from '../../net/ip.ts';
import { parseIp } from '../../net/ip.ts';
import type { IP } from '../../resources/kubeovn/ip.ts';
import type { OvnEip } from '../../resources/kubeovn/ovn-eip.ts';
import type { OvnFip } from '../../resources/kubeovn/ovn-fip.ts';
import type { Result } from '../../resources/result.ts';
import { type Desired, isReady, NOTHING, notReady } from '../desired.ts';
import { gatewayOvnEipName } from './gateway-address.ts';
import type { NatTarget } from './nat-target.ts';
import { gatewayPortOf, type Row, type RowPiece, routerOf } from './row.ts';
import { routerMac } from './subnet.ts';
import { compileEgressPolicy, noWayBack, type WayBack } from './way-back.ts';

export interface FipObjectInput {
  readonly rule: OvnFip;
  readonly ovnEip: OvnEip | undefined;
  readonly target: Result<NatTarget>;
  /** From the target's VPC to the OvnEip's network; undefined: one of both is not known. */
  readonly wayBack: WayBack | undefined;
  /** Of the target; needed where the NAT is done on its node. */
  readonly ip: IP | undefined;
  /** An older OvnFip on the same OvnEip, or to the same target from the same network. */
  readonly holder: string | undefined;
}

/** A floating address: one NAT row both ways, and where the VPC's default route leads elsewhere, a policy for what the target sends. */
export const compileFipObject = (input: FipObjectInput): Desired => {
  const { rule, ovnEip, target, wayBack } = input;
  const problem = (reason: string, message: string): Desired => ({
    ...NOTHING,
    own: { ready: notReady(reason, `OvnFip ${rule.metadata.name}: ${message}`) },
  });
  const external = parseIp(ovnEip?.spec.v4Ip ?? '');
  if (!ovnEip || !external.ok)
    return problem(
      'OvnEipNotFound',
      `spec.ovnEip names ${rule.spec.ovnEip}, which ${ovnEip ? 'has no valid address' : 'does not exist. Create it, or name one that does'}.`,
    );
  if (ovnEip.spec.type === 'lrp')
    return problem(
      'OvnEipInUse',
      `spec.ovnEip names ${rule.spec.ovnEip}, which is a router's own address. Use another.`,
    );
  if (!target.ok) return problem('InvalidTarget', target.error);
  if (input.holder !== undefined)
    return problem(
      'OvnEipInUse',
      `OvnEip ${rule.spec.ovnEip}, or the target on its network, is that of the older OvnFip ${input.holder}. Use another.`,
    );
  if (!wayBack || wayBack.kind === 'none')
    return {
      ...NOTHING,
      own: {
        ready: notReady(
          'NoGateway',
          noWayBack(`OvnFip ${rule.metadata.name}`, target.value.vpc, ovnEip.spec.externalSubnet),
        ),
      },
    };
  const isDistributed = rule.spec.type === 'distributed';
  if (isDistributed && !input.ip)
    return problem(
      'TargetNotFound',
      `of type distributed it is done where its target runs, but no IP has the address ${target.value.address} in VPC ${target.value.vpc}. Start the pod, or use type centralized.`,
    );
  return {
    objects: [],
    rows: rowsOf({
      ovnEip,
      external: external.value,
      target: target.value,
      wayBack,
      ip: isDistributed ? input.ip : undefined,
    }),
    own: {
      status: { vpc: target.value.vpc, v4Eip: external.value, v4Ip: target.value.address },
      ready: isReady(`${external.value} leads to ${target.value.address} in VPC ${target.value.vpc}.`),
    },
  };
};

interface FipRows {
  readonly ovnEip: OvnEip;
  readonly external: Ip;
  readonly target: NatTarget;
  readonly wayBack: WayBack;
  readonly ip: IP | undefined;
}

const rowsOf = ({ wayBack, target, ...fip }: FipRows): RowPiece[] => [
  { key: 'Fip', value: natRow({ wayBack, target, ...fip }) },
  ...(wayBack.kind === 'detour' ? [compileEgressPolicy(target.vpc, wayBack.detour, target.address)] : []),
];

/**
 * Centralised, that is on the chassis of the gateway port, unless asked otherwise (as in Kube-OVN): a load balancer may then lead to the
 * same target, since the replies of both pass there. Distributed, they leave from the target's own node.
 */
const natRow = ({ ovnEip, external, target, ip }: FipRows): Row => ({
  table: 'NAT',
  columns: {
    type: 'dnat_and_snat',
    logical_ip: target.address,
    external_ip: external,
    gateway_port: gatewayPortOf(gatewayOvnEipName(target.vpc, ovnEip.spec.externalSubnet)),
    ...(ip && {
      logical_port: ip.metadata.name,
      external_mac: ovnEip.spec.macAddress || routerMac(ovnEip.metadata.name, ovnEip.spec.externalSubnet),
    }),
  },
  memberOf: [{ of: routerOf(target.vpc), column: 'nat' }],
});
