import type { Cidr } from '../../net/cidr.ts';
import { cidrContains } from '../../net/cidr.ts';
import type { Ip } from '../../net/ip.ts';
import type { Service, ServicePort } from '../../resources/builtin/core.ts';
import type { EndpointSlice } from '../../resources/builtin/discovery.ts';
import type { FIp } from '../../resources/kube-dc/fip.ts';
import { objectKey } from '../../resources/meta.ts';
import { isOlder } from '../age.ts';
import { type Desired, isReady, NOTHING, notReady, type Readiness, type WantedObject } from '../desired.ts';
import { compileLoadBalancer } from '../ovn/load-balancer.ts';
import type { RowPiece } from '../ovn/row.ts';
import { compileReplyPolicies, noWayBack, type WayBack } from '../ovn/way-back.ts';
import { automaticEip } from './automatic-eip.ts';
import type { Binding } from './binding.ts';
import { readEndpoints, tooManyEndpoints } from './endpoints.ts';
import { backendObject, externalObjects } from './external-objects.ts';
import { type Frontends, frontendsOf, portClaim, replySources } from './ports.ts';

/** The network that a namespace's pods are in. */
export interface NamespaceNetwork {
  readonly vpc: string;
  readonly cidrs: readonly Cidr[];
  /** Network type of an automatic EIp when the Service names none. */
  readonly defaultNetworkType: string;
}

/** What is known of the EIp that a Service is bound to. */
export interface BoundEip {
  readonly name: string;
  readonly exists: boolean;
  /** It goes with the Service: we make it, or take over one that was labelled for it. */
  readonly ours: boolean;
  /** Of its spec; it never changes. */
  readonly networkType: string | undefined;
  readonly address: Ip | undefined;
  /** Why it has no address, in its own words. */
  readonly problem: string | undefined;
}

export interface ExposureInput {
  readonly service: Service;
  readonly binding: Binding;
  /** undefined: no subnet serves the namespace. */
  readonly network: NamespaceNetwork | undefined;
  readonly eip: BoundEip;
  /** From the VPC to the EIp's network; undefined: it has no address yet. */
  readonly wayBack: WayBack | undefined;
  /** Services on the same EIp that want one of this one's ports, at least; this one included. */
  readonly sharers: readonly Service[];
  /** FIps that use it: a floating address is nobody else's. */
  readonly fips: readonly FIp[];
  readonly slices: readonly EndpointSlice[];
  /** Why the VPC's port in the EIp's network carries nothing. */
  readonly gatewayProblem: string | undefined;
}

/** A LoadBalancer Service: its EIp, load balancer, `-ext` Service and Endpoints, Backend and status. */
export const compileExposure = (input: ExposureInput): Desired => {
  const { service, eip, network } = input;
  const problem = problemOf(input);
  if (problem || !network) return withheld(input, problem);
  const eips = ownEip(input, network);
  if (eip.address === undefined)
    return { ...NOTHING, objects: eips, own: { status: NO_ADDRESS, ready: addressPending(service, eip) } };

  const frontends = frontendsOf({
    address: eip.address,
    ports: service.spec.ports ?? [],
    endpoints: readEndpoints(input.slices, address => network.cidrs.some(cidr => cidrContains(cidr, address))),
  });
  return {
    objects: [...eips, ...externalObjects(service, eip.address), ...backendObject(service, eip.address)],
    rows: [
      ...compileLoadBalancer({
        name: nameOf(service),
        vpc: network.vpc,
        frontends,
        affinitySeconds:
          service.spec.sessionAffinity === 'ClientIP'
            ? (service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800)
            : undefined,
      }),
      ...replyPolicies(input, network, frontends),
    ],
    own: {
      status: { loadBalancer: { ingress: [{ ip: eip.address, ipMode: 'VIP' }] } },
      ready:
        networkTypeProblem(input) ??
        wayBackProblem(input, network) ??
        gatewayProblem(input) ??
        readinessOf(service, eip.address, Object.values(frontends).flat()),
    },
  };
};

const replyPolicies = (
  { service, wayBack }: ExposureInput,
  { vpc }: NamespaceNetwork,
  frontends: Frontends,
): RowPiece[] =>
  wayBack?.kind === 'detour'
    ? compileReplyPolicies(
        { name: `Service/${nameOf(service)}`, vpc },
        wayBack.detour,
        replySources(service.spec.ports ?? [], frontends),
      )
    : [];

/** The load balancer stands, but nothing reaches it while the VPC's port in that network does not. */
const gatewayProblem = ({ service, gatewayProblem: problem }: ExposureInput): Readiness | undefined =>
  problem === undefined ? undefined : notReady('GatewayNotReady', `Service ${nameOf(service)} waits: ${problem}`);

const wayBackProblem = ({ service, wayBack }: ExposureInput, { vpc }: NamespaceNetwork): Readiness | undefined =>
  wayBack?.kind === 'none'
    ? notReady('NoGateway', noWayBack(`Service ${nameOf(service)}`, vpc, wayBack.externalSubnet))
    : undefined;

const NO_ADDRESS = { loadBalancer: {} } as const;

const nameOf = (service: Service): string => `${service.metadata.namespace}/${service.metadata.name}`;

/** The EIp made for the Service alone. */
const ownEip = ({ service, binding, eip }: ExposureInput, network: NamespaceNetwork): WantedObject[] => {
  if (binding.kind === 'named' || !eip.ours) return [];
  const asked = binding.kind === 'automatic' ? binding.networkType : undefined;
  return [automaticEip(service, eip.name, eip.exists ? eip.networkType : (asked ?? network.defaultNetworkType))];
};

/** A Service that may not have what it asks for: nothing of it stands on an address that may be another's; its own EIp stays. */
const withheld = (input: ExposureInput, problem: Readiness | undefined): Desired => ({
  ...NOTHING,
  objects: input.network && input.eip.exists ? ownEip(input, input.network) : [],
  own: { status: NO_ADDRESS, ...(problem && { ready: problem }) },
});

const problemOf = (input: ExposureInput): Readiness | undefined =>
  noNetwork(input) ??
  unsupportedProtocol(input.service) ??
  endpointProblem(input) ??
  bindingProblem(input) ??
  usedByFip(input) ??
  portConflict(input);

const noNetwork = ({ service, network }: ExposureInput): Readiness | undefined =>
  network
    ? undefined
    : notReady(
        'NoNetwork',
        `No Subnet serves namespace ${service.metadata.namespace}: add the namespace to spec.namespaces of a Subnet, or create a Project for it.`,
      );

const unsupportedProtocol = (service: Service): Readiness | undefined => {
  const index = (service.spec.ports ?? []).findIndex(port => port.protocol === 'SCTP');
  if (index < 0) return undefined;
  return notReady(
    'UnsupportedProtocol',
    `Service ${nameOf(service)}: spec.ports[${index}].protocol SCTP cannot be load balanced; use TCP or UDP.`,
  );
};

const endpointProblem = ({ service, slices }: ExposureInput): Readiness | undefined => {
  const problem = tooManyEndpoints(service.spec.ports ?? [], slices);
  return problem === undefined ? undefined : notReady('TooManyEndpoints', `Service ${nameOf(service)} ${problem}`);
};

const bindingProblem = ({ service, binding, eip }: ExposureInput): Readiness | undefined => {
  if (binding.kind === 'invalid') return notReady('InvalidBinding', `Service ${nameOf(service)}: ${binding.message}`);
  if (binding.kind === 'automatic' || eip.exists) return undefined;
  return notReady(
    'EIpNotFound',
    `Service ${nameOf(service)}: annotation ${binding.annotation} names EIp ${eip.name}, which is not in namespace ${service.metadata.namespace}. Create it there, or name one that is; EIps of other namespaces cannot be bound.`,
  );
};

/** An address does not move to another network; the Service goes on with the one it has. */
const networkTypeProblem = ({ service, binding, eip }: ExposureInput): Readiness | undefined => {
  if (binding.kind !== 'automatic' || binding.networkType === undefined) return undefined;
  if (eip.networkType === undefined || eip.networkType === binding.networkType) return undefined;
  return notReady(
    'NetworkTypeDiffers',
    `Service ${nameOf(service)} asks for an address of type ${binding.networkType}, but its EIp ${eip.name} is of type ${eip.networkType} and cannot change. Make the Service anew, or bind it to another EIp.`,
  );
};

const usedByFip = ({ service, fips, eip }: ExposureInput): Readiness | undefined => {
  const holder = fips.find(fip => isOlder(fip, service));
  return (
    holder &&
    notReady(
      'EIpInUse',
      `Service ${nameOf(service)}: EIp ${eip.name} is used by the older FIp ${objectKey(holder.metadata)}, and a floating address cannot be shared. Bind another EIp.`,
    )
  );
};

/** The oldest Service holds a port; of two as old as each other, the one whose name comes first. */
const portConflict = ({ service, sharers, eip }: ExposureInput): Readiness | undefined => {
  const mine = new Set((service.spec.ports ?? []).map(portClaim));
  for (const other of sharers) {
    if (other.metadata.uid === service.metadata.uid || !isOlder(other, service)) continue;
    const port = (other.spec.ports ?? []).find(candidate => mine.has(portClaim(candidate)));
    if (port) return conflictOver(port, service, other, eip.name);
  }
  return undefined;
};

const conflictOver = (port: ServicePort, service: Service, holder: Service, eip: string): Readiness =>
  notReady(
    'PortConflict',
    `Service ${nameOf(service)}: port ${port.port}/${port.protocol ?? 'TCP'} on EIp ${eip} is held by the older Service ${nameOf(holder)}. Use another port or another EIp.`,
  );

const addressPending = (service: Service, eip: BoundEip): Readiness =>
  notReady(
    'AddressPending',
    `Service ${nameOf(service)} waits for the address of EIp ${eip.name}${eip.problem ? `: ${eip.problem}` : '.'}`,
  );

const readinessOf = (
  service: Service,
  address: Ip,
  frontends: readonly { readonly port: number; readonly backends: readonly unknown[] }[],
): Readiness => {
  const silent = frontends.filter(frontend => frontend.backends.length === 0).map(frontend => frontend.port);
  if (silent.length > 0) return notReady('NoEndpoints', noEndpoints(service, address, silent));
  return isReady(`${address} answers on ${[...new Set(frontends.map(frontend => frontend.port))].join(', ')}.`);
};

const noEndpoints = (service: Service, address: Ip, ports: readonly number[]): string => {
  const where = `${address} refuses connections to port ${ports.join(', ')}: Service ${nameOf(service)} has no ready endpoint there.`;
  return service.spec.selector
    ? `${where} Check that pods match spec.selector, are Ready and have the target port.`
    : `${where} It has no spec.selector: add one, or write its EndpointSlice.`;
};
