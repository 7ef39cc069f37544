import { familyOf, type Ip, parseIp } from '../../net/ip.ts';
import type { ServicePort } from '../../resources/builtin/core.ts';
import type { EndpointSlice } from '../../resources/builtin/discovery.ts';
import type { Backend, Frontend, Protocol } from '../ovn/load-balancer.ts';
import type { ReplySource } from '../ovn/way-back.ts';

const WELL_KNOWN_NAMES: Readonly<Record<number, string>> = { 80: 'http', 443: 'https' };

/** The name that a port has in `-ext` objects: its own, else by convention (`http` for 80), else `tcp-8080`. */
export const externalPortName = (port: ServicePort): string =>
  port.name ?? WELL_KNOWN_NAMES[port.port] ?? `${(port.protocol ?? 'TCP').toLowerCase()}-${port.port}`;

/** `TCP/80`: what only one Service may hold on an address. */
export const portClaim = (port: ServicePort): string => `${port.protocol ?? 'TCP'}/${port.port}`;

export interface BackendSearch {
  readonly slices: readonly EndpointSlice[];
  /** Whether an address is one of the VPC's: endpoints can be written by hand, and must not reach elsewhere. */
  readonly reachable: (address: Ip) => boolean;
}

/**
 * Where connections to a Service's port go: endpoints that are ready; when none is, those that terminate but still serve
 * (https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-to-terminating-endpoints).
 */
export const backendsOf = (port: ServicePort, { slices, reachable }: BackendSearch): Backend[] => {
  const ready = new Map<string, Backend>();
  const terminating = new Map<string, Backend>();
  for (const slice of slices) {
    const target = slice.ports?.find(
      candidate => (candidate.name ?? '') === (port.name ?? '') && protocolsMatch(candidate, port),
    );
    if (target?.port === undefined || target.port === null) continue;
    for (const { addresses, conditions } of slice.endpoints ?? []) {
      const into = conditions?.ready !== false ? ready : terminating;
      if (into === terminating && !(conditions?.serving && conditions.terminating)) continue;
      for (const text of addresses) {
        const address = parseIp(text);
        if (address.ok && reachable(address.value))
          into.set(`${address.value} ${target.port}`, { address: address.value, port: target.port });
      }
    }
  }
  return [...(ready.size > 0 ? ready : terminating).values()];
};

const protocolsMatch = (
  a: { readonly protocol?: string | undefined },
  b: { readonly protocol?: string | undefined },
): boolean => (a.protocol ?? 'TCP') === (b.protocol ?? 'TCP');

export interface FrontendsInput extends BackendSearch {
  readonly address: Ip;
  readonly ports: readonly ServicePort[];
}

export type Frontends = Partial<Record<Protocol, Frontend[]>>;

/** Every port of a Service on its address, with its backends, by protocol. */
export const frontendsOf = ({ address, ports, ...search }: FrontendsInput): Frontends => {
  const frontends: Frontends = {};
  for (const port of ports) {
    const protocol = (port.protocol ?? 'TCP') as Protocol;
    const frontend = { address, port: port.port, backends: backendsOf(port, search) };
    frontends[protocol] = [...(frontends[protocol] ?? []), frontend];
  }
  return frontends;
};

/** The number that connections to a port go to, where the Service says it; pods resolve a name, each as it likes. */
const numberedTarget = ({ port, targetPort = port }: ServicePort): number[] =>
  typeof targetPort === 'number' ? [targetPort] : [];

/**
 * What answers on a Service's address, by protocol and target port. A target port that the Service says is there without any endpoint too:
 * what rests on it does not come and go with the first and last one.
 */
export const replySources = (ports: readonly ServicePort[], frontends: Frontends): ReplySource[] => {
  const sources: ReplySource[] = [];
  for (const protocol of ['TCP', 'UDP'] as const) {
    const said = ports.filter(port => (port.protocol ?? 'TCP') === protocol).flatMap(numberedTarget);
    const backends = (frontends[protocol] ?? []).flatMap(front => front.backends).filter(isV4);
    for (const port of new Set([...said, ...backends.map(backend => backend.port)])) {
      const addresses = backends.filter(backend => backend.port === port).map(({ address }) => address);
      sources.push({ protocol, port, addresses: [...new Set(addresses)] });
    }
  }
  return sources;
};

const isV4 = ({ address }: Backend): boolean => familyOf(address) === 4;
