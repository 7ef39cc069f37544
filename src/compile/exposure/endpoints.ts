import { type Ip, parseIp } from '../../net/ip.ts';
import type { ServicePort } from '../../resources/builtin/core.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../resources/builtin/discovery.ts';
import type { Backend } from '../ovn/load-balancer.ts';

/**
 * How many backends a Service may have over all its ports, and how many addresses. All of them are one OVSDB row, written as a whole and
 * compiled between two turns of the event loop; the largest clusters that Kubernetes is tested on have 5,000 nodes.
 */
const MOST_BACKENDS = 20_000;
const MOST_ADDRESSES = 10_000;

/** What a slice offers on one of its ports. */
interface Offer<T> {
  readonly port: number;
  readonly of: T;
}

/** By name and protocol: a slice offers a port once. */
type Offers<T> = ReadonlyMap<string, readonly Offer<T>[]>;

const portKey = ({ name, protocol }: Pick<EndpointPort, 'name' | 'protocol'>): string =>
  `${protocol ?? 'TCP'} ${name ?? ''}`;

const offersOf = <T>(slices: readonly EndpointSlice[], of: (slice: EndpointSlice) => T): Offers<T> => {
  const offers = new Map<string, Offer<T>[]>();
  for (const slice of slices) {
    const offered = of(slice);
    for (const [key, port] of portsOf(slice)) {
      const known = offers.get(key);
      if (known) known.push({ port, of: offered });
      else offers.set(key, [{ port, of: offered }]);
    }
  }
  return offers;
};

/** Of two ports with one name the first counts; one without a number says nothing. */
const portsOf = ({ ports }: EndpointSlice): ReadonlyMap<string, number> => {
  const numbers = new Map<string, number>();
  for (const port of (ports ?? []).toReversed()) {
    if (typeof port.port === 'number') numbers.set(portKey(port), port.port);
    else numbers.delete(portKey(port));
  }
  return numbers;
};

const addressCount = ({ endpoints }: EndpointSlice): number =>
  (endpoints ?? []).reduce((count, { addresses }) => count + addresses.length, 0);

/** What is wrong when a Service has more endpoints than can be balanced; counted without reading one address. */
export const tooManyEndpoints = (
  ports: readonly ServicePort[],
  slices: readonly EndpointSlice[],
): string | undefined => {
  const addresses = slices.reduce((count, slice) => count + addressCount(slice), 0);
  if (addresses > MOST_ADDRESSES)
    return `has ${addresses} endpoint addresses, and ${MOST_ADDRESSES} can be balanced. Select fewer pods, or spread them over several Services.`;
  const offers = offersOf(slices, addressCount);
  const backends = ports.flatMap(port => offers.get(portKey(port)) ?? []).reduce((count, offer) => count + offer.of, 0);
  if (backends <= MOST_BACKENDS) return undefined;
  return `has ${ports.length} ports with ${backends} backends together, and ${MOST_BACKENDS} can be balanced. Name fewer ports, select fewer pods, or use several Services.`;
};

/** The addresses of a slice that connections may go to. */
interface Addresses {
  readonly ready: readonly Ip[];
  /** They terminate, but still serve. */
  readonly terminating: readonly Ip[];
}

/** Addresses of a Service by the ports on which they are offered. */
export type Endpoints = Offers<Addresses>;

/**
 * Reads each address once, however many ports are offered on it.
 * @param reachable whether an address is one of the VPC's: endpoints can be written by hand, and must not reach elsewhere
 */
export const readEndpoints = (slices: readonly EndpointSlice[], reachable: (address: Ip) => boolean): Endpoints =>
  offersOf(slices, ({ endpoints }) => {
    const read = ({ addresses }: Endpoint): Ip[] =>
      addresses.flatMap(text => {
        const address = parseIp(text);
        return address.ok && reachable(address.value) ? [address.value] : [];
      });
    return {
      ready: (endpoints ?? []).filter(isReady).flatMap(read),
      terminating: (endpoints ?? []).filter(isTerminating).flatMap(read),
    };
  });

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready !== false;

const isTerminating = (endpoint: Endpoint): boolean =>
  !isReady(endpoint) && endpoint.conditions?.serving === true && endpoint.conditions.terminating === true;

/**
 * Where connections to a Service's port go: endpoints that are ready; when none is, those that terminate but still serve
 * (https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-to-terminating-endpoints).
 */
export const backendsOf = (port: ServicePort, endpoints: Endpoints): Backend[] => {
  const offers = endpoints.get(portKey(port)) ?? [];
  const ready = distinct(offers, ({ ready }) => ready);
  return ready.length > 0 ? ready : distinct(offers, ({ terminating }) => terminating);
};

const distinct = (offers: readonly Offer<Addresses>[], addressesOf: (of: Addresses) => readonly Ip[]): Backend[] => {
  const backends = new Map<string, Backend>();
  for (const { port, of } of offers)
    for (const address of addressesOf(of)) backends.set(`${address} ${port}`, { address, port });
  return [...backends.values()];
};
