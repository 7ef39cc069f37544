import { familyOf, type Ip } from '../../net/ip.ts';
import type { ServicePort } from '../../resources/builtin/core.ts';
import type { Backend, Frontend, Protocol } from '../ovn/load-balancer.ts';
import type { ReplySource } from '../ovn/way-back.ts';
import { backendsOf, type Endpoints } from './endpoints.ts';

const WELL_KNOWN_NAMES: Readonly<Record<number, string>> = { 80: 'http', 443: 'https' };

/** The name that a port has in `-ext` objects: its own, else by convention (`http` for 80), else `tcp-8080`. */
export const externalPortName = (port: ServicePort): string =>
  port.name ?? WELL_KNOWN_NAMES[port.port] ?? `${(port.protocol ?? 'TCP').toLowerCase()}-${port.port}`;

/** `TCP/80`: what only one Service may hold on an address. */
export const portClaim = (port: ServicePort): string => `${port.protocol ?? 'TCP'}/${port.port}`;

/** One port of one EIp: `shalb-demo/default-gw TCP/80`. */
export const eipPortKey = (eip: string, port: ServicePort): string => `${eip} ${portClaim(port)}`;

export interface FrontendsInput {
  readonly address: Ip;
  readonly ports: readonly ServicePort[];
  readonly endpoints: Endpoints;
}

export type Frontends = Partial<Record<Protocol, Frontend[]>>;

/** Every port of a Service on its address, with its backends, by protocol. */
export const frontendsOf = ({ address, ports, endpoints }: FrontendsInput): Frontends =>
  Object.groupBy(
    ports.map((port): Frontend & { readonly protocol: Protocol } => ({
      protocol: (port.protocol ?? 'TCP') as Protocol,
      address,
      port: port.port,
      backends: backendsOf(port, endpoints),
    })),
    ({ protocol }) => protocol,
  );

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
    const byPort = Map.groupBy(backends, backend => backend.port);
    for (const port of new Set([...said, ...byPort.keys()])) {
      const addresses = byPort.get(port)?.map(({ address }) => address) ?? [];
      sources.push({ protocol, port, addresses: [...new Set(addresses)] });
    }
  }
  return sources;
};

const isV4 = ({ address }: Backend): boolean => familyOf(address) === 4;
