import { familyOf, parseIp } from '../../net/ip.ts';
import type { OvnDnatRule } from '../../resources/kubeovn/ovn-dnat-rule.ts';
import type { OvnEip } from '../../resources/kubeovn/ovn-eip.ts';
import type { Result } from '../../resources/result.ts';
import { type Desired, isReady, NOTHING, notReady } from '../desired.ts';
import { compileLoadBalancer, type Frontend, type Protocol } from './load-balancer.ts';
import type { NatTarget } from './nat-target.ts';
import type { RowPiece } from './row.ts';
import { compileReplyPolicies, noWayBack, type WayBack } from './way-back.ts';

export interface DnatObjectInput {
  readonly rule: OvnDnatRule;
  readonly ovnEip: OvnEip | undefined;
  readonly target: Result<NatTarget>;
  /** From the target's VPC to the OvnEip's network; undefined: one of both is not known. */
  readonly wayBack: WayBack | undefined;
  /** An older OvnDnatRule of the same port of the OvnEip. */
  readonly holder: string | undefined;
}

/** `tcp/80`: what only one rule may hold of an OvnEip. */
export const dnatClaim = ({ spec }: OvnDnatRule): string => `${spec.protocol || 'tcp'}/${Number(spec.externalPort)}`;

/** One port of an address leads to one port of a target: a load balancer with one VIP and one backend. */
export const compileDnatObject = (input: DnatObjectInput): Desired => {
  const { rule, ovnEip, target, wayBack } = input;
  const name = `OvnDnatRule ${rule.metadata.name}`;
  const withheld = (reason: string, message: string): Desired => ({
    ...NOTHING,
    own: { ready: notReady(reason, message) },
  });
  const external = parseIp(ovnEip?.spec.v4Ip ?? '');
  if (!ovnEip || !external.ok)
    return withheld(
      'OvnEipNotFound',
      `${name}: spec.ovnEip names ${rule.spec.ovnEip}, which ${ovnEip ? 'has no valid address' : 'does not exist. Create it, or name one that does'}.`,
    );
  if (!target.ok) return withheld('InvalidTarget', `${name}: ${target.error}`);
  const protocol = protocolOf(rule);
  if (!protocol)
    return withheld('UnsupportedProtocol', `${name}: spec.protocol sctp cannot be load balanced; use tcp or udp.`);
  if (input.holder !== undefined)
    return withheld(
      'PortConflict',
      `${name}: port ${dnatClaim(rule)} of OvnEip ${rule.spec.ovnEip} is held by the older OvnDnatRule ${input.holder}. Use another port or another OvnEip.`,
    );
  if (!wayBack || wayBack.kind === 'none')
    return withheld('NoGateway', noWayBack(name, target.value.vpc, ovnEip.spec.externalSubnet));
  const { vpc, address } = target.value;
  const frontend: Frontend = {
    address: external.value,
    port: Number(rule.spec.externalPort),
    backends: [{ address, port: Number(rule.spec.internalPort) }],
  };
  return {
    objects: [],
    rows: rowsOf({ name: `OvnDnatRule/${rule.metadata.name}`, vpc, protocol, frontend, wayBack }),
    own: {
      status: {
        vpc,
        v4Eip: external.value,
        externalPort: rule.spec.externalPort,
        v4Ip: address,
        internalPort: rule.spec.internalPort,
        protocol: protocol.toLowerCase(),
        ...(rule.spec.ipName && { ipName: rule.spec.ipName }),
      },
      ready: isReady(
        `${external.value}:${rule.spec.externalPort} leads to ${address}:${rule.spec.internalPort} in VPC ${vpc}.`,
      ),
    },
  };
};

const protocolOf = ({ spec }: OvnDnatRule): Protocol | undefined =>
  (({ tcp: 'TCP', udp: 'UDP', sctp: undefined }) as const)[spec.protocol || 'tcp'];

interface DnatRows {
  readonly name: string;
  readonly vpc: string;
  readonly protocol: Protocol;
  readonly frontend: Frontend;
  readonly wayBack: WayBack;
}

const rowsOf = ({ name, vpc, protocol, frontend, wayBack }: DnatRows): RowPiece[] => [
  ...compileLoadBalancer({ name, vpc, frontends: { [protocol]: [frontend] }, affinitySeconds: undefined }),
  ...(wayBack.kind === 'detour'
    ? compileReplyPolicies(
        { name, vpc },
        wayBack.detour,
        frontend.backends
          .filter(({ address }) => familyOf(address) === 4)
          .map(({ address, port }) => ({ protocol, port, addresses: [address] })),
      )
    : []),
];
