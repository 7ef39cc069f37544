/**
 * What a Pod's network is to be. Tenants may write the annotations of their Pods, but not the IP object that the controller
 * keeps for each: its address and MAC count, and the Pod is set up only when its annotations agree. The rest of the annotations
 * concerns the Pod's own namespace only; every value is parsed before anything is done with it.
 * Annotation names: https://kubeovn.github.io/docs/stable/en/guide/static-ip-mac/
 */
import { z } from 'zod';
import { type Cidr, cidrContains, cidrFamily, parseCidr, prefixLength } from '../../net/cidr.ts';
import { addressBits, familyOf, type Ip, parseIp } from '../../net/ip.ts';
import { type Mac, parseMac } from '../../net/mac.ts';
import type { IP } from '../../resources/kubeovn/ip.ts';
import { ovnAnnotations } from '../../resources/names.ts';
import { failure, type Result, success } from '../../resources/result.ts';
import type { Pod } from '../cluster/core-kinds.ts';

const MTU_ANNOTATION = 'ovn.kubernetes.io/mtu';
const ROUTES_ANNOTATION = 'ovn.kubernetes.io/routes';

/** In bytes. IPv4 works from 576 on (RFC 791); 9216 are the largest jumbo frames in use. */
const MTU = { default: 1400, least: 576, most: 9216 };

export interface PodAddress {
  ip: Ip;
  prefixLength: number;
  gateway: Ip | undefined;
}

export interface PodRoute {
  dst: Cidr;
  gw: Ip;
}

export interface PodNetwork {
  mac: Mac;
  mtu: number;
  addresses: PodAddress[];
  routes: PodRoute[];
}

/** A network; or why there is none yet; or what is wrong, for the Pod's owner to put right. */
export type PodNetworkReading =
  | { state: 'ready'; network: PodNetwork }
  | { state: 'waiting'; message: string }
  | { state: 'refused'; message: string };

/** Annotations may be long; events and container states are for reading. */
const LONGEST_MESSAGE = 300;

const refused = (message: string): PodNetworkReading => ({
  state: 'refused',
  message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message,
});

const waiting: PodNetworkReading = { state: 'waiting', message: 'waiting for the network to give the pod an address' };

/** The name of a Pod's port and of its IP object. */
export const podPortName = ({ metadata: { name, namespace } }: Pod): string => `${name}.${namespace}`;

/** Values of both families are comma-separated. */
const list = (text: string | undefined): string[] => (text ? text.split(',').map(part => part.trim()) : []);

const parseAll = <T>(what: string, texts: readonly string[], parse: (text: string) => Result<T>): Result<T[]> => {
  const values: T[] = [];
  for (const text of texts) {
    const parsed = parse(text);
    if (!parsed.ok) return failure(`${what}: ${parsed.error}`);
    values.push(parsed.value);
  }
  return success(values);
};

const parseMtu = (text: string): Result<number> => {
  const mtu = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (mtu >= MTU.least && mtu <= MTU.most) return success(mtu);
  return failure(`"${text}" is not an MTU; write a number from ${MTU.least} to ${MTU.most}`);
};

const routesSchema = z.array(z.object({ dst: z.string(), gw: z.string() })).max(64);

const routesOf = (text: string): Result<{ dst: string; gw: string }[]> => {
  const wrong = failure('write a list of at most 64 routes, like [{"dst":"192.168.0.0/16","gw":"10.0.10.254"}]');
  try {
    const routes = routesSchema.safeParse(JSON.parse(text));
    return routes.success ? success(routes.data) : wrong;
  } catch {
    return wrong;
  }
};

const parseRoute = ({ dst, gw }: { dst: string; gw: string }): Result<PodRoute> => {
  const network = parseCidr(dst);
  if (!network.ok) return failure(`dst: ${network.error}`);
  const gateway = parseIp(gw);
  if (!gateway.ok) return failure(`gw: ${gateway.error}`);
  if (cidrFamily(network.value) !== familyOf(gateway.value)) return failure(`${dst} via ${gw} mixes IPv4 and IPv6`);
  return success({ dst: network.value, gw: gateway.value });
};

const parseRoutes = (text: string): Result<PodRoute[]> => {
  const routes = routesOf(text);
  if (!routes.ok) return routes;
  const parsed = routes.value.map(parseRoute);
  return parsed.find(route => !route.ok) ?? success(parsed.flatMap(route => (route.ok ? [route.value] : [])));
};

interface Annotated {
  ips: Ip[];
  cidrs: Cidr[];
  gateways: Ip[];
  mtu: number;
  routes: PodRoute[];
}

const readAnnotations = (annotations: Readonly<Record<string, string>>): Result<Annotated> => {
  const each = <T>(name: string, parse: (text: string) => Result<T>) =>
    parseAll(`annotation ${name}`, list(annotations[name]), parse);
  const whole = <T>(name: string, otherwise: string, parse: (text: string) => Result<T>) =>
    parseAll(`annotation ${name}`, [annotations[name] || otherwise], parse);
  const ips = each(ovnAnnotations.ipAddress, parseIp);
  if (!ips.ok) return ips;
  const cidrs = each(ovnAnnotations.cidr, parseCidr);
  if (!cidrs.ok) return cidrs;
  const gateways = each(ovnAnnotations.gateway, parseIp);
  if (!gateways.ok) return gateways;
  const mtu = whole(MTU_ANNOTATION, String(MTU.default), parseMtu);
  if (!mtu.ok) return mtu;
  const routes = whole(ROUTES_ANNOTATION, '[]', parseRoutes);
  if (!routes.ok) return routes;
  const [[size = MTU.default], table] = [mtu.value, routes.value.flat()];
  return success({ ips: ips.value, cidrs: cidrs.value, gateways: gateways.value, mtu: size, routes: table });
};

/** What the controller keeps for the Pod. */
const readRecord = ({ metadata, spec }: IP): Result<{ ips: Ip[]; mac: Mac }> => {
  const kept = [spec.v4IpAddress ?? '', spec.v6IpAddress ?? ''].filter(text => text !== '');
  const ips = parseAll(`IP ${metadata.name}`, kept, parseIp);
  if (!ips.ok) return ips;
  const mac = parseMac(spec.macAddress ?? '');
  return mac.ok ? success({ ips: ips.value, mac: mac.value }) : failure(`IP ${metadata.name}: ${mac.error}`);
};

const withNetwork = (ip: Ip, { cidrs, gateways }: Annotated): PodAddress => {
  const cidr = cidrs.find(candidate => cidrContains(candidate, ip));
  return {
    ip,
    prefixLength: cidr === undefined ? addressBits(familyOf(ip)) : prefixLength(cidr),
    gateway: gateways.find(gateway => familyOf(gateway) === familyOf(ip)),
  };
};

const sameAddresses = (a: readonly Ip[], b: readonly Ip[]): boolean =>
  a.length === b.length && a.every(ip => b.includes(ip));

/** `record`: the IP object named `podPortName`, when there is one. */
export const readPodNetwork = ({ metadata: { annotations = {} } }: Pod, record: IP | undefined): PodNetworkReading => {
  if (annotations[ovnAnnotations.allocated] !== 'true' || !annotations[ovnAnnotations.ipAddress]) return waiting;
  const annotated = readAnnotations(annotations);
  if (!annotated.ok) return refused(annotated.error);
  if (!record) return waiting;
  const kept = readRecord(record);
  if (!kept.ok) return refused(kept.error);
  const { ips, mac } = kept.value;
  if (ips.length === 0 || !sameAddresses(ips, annotated.value.ips)) {
    const said = `annotation ${ovnAnnotations.ipAddress} is ${annotated.value.ips}`;
    return { state: 'waiting', message: `${said}, but IP ${record.metadata.name} keeps ${ips} for the pod` };
  }
  const { mtu, routes } = annotated.value;
  return {
    state: 'ready',
    network: { mac, mtu, routes, addresses: ips.map(ip => withNetwork(ip, annotated.value)) },
  };
};
