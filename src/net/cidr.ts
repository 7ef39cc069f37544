import { failure, type Result, success } from '../resources/result.ts';
import { addressBits, bigintToIp, type Family, familyOf, type Ip, ipToBigint, parseIp } from './ip.ts';

declare const cidr: unique symbol;

/** A network in canonical form, host bits zero: `10.0.10.0/24`, `2001:db8::/64`. */
export type Cidr = string & { readonly [cidr]: true };

/** Addresses from `first` to `last`, both included, of one family. */
export interface AddressRange {
  readonly first: Ip;
  readonly last: Ip;
}

/** Prefix length: 24 for `10.0.10.0/24`. */
export const prefixLength = (of: Cidr): number => Number(of.slice(of.indexOf('/') + 1));

/** The network's address: `10.0.10.0` of `10.0.10.0/24`. */
export const cidrFirst = (of: Cidr): Ip => of.slice(0, of.indexOf('/')) as Ip;

export const cidrFamily = (of: Cidr): Family => familyOf(cidrFirst(of));

/** How many addresses it has, network and broadcast included. */
export const cidrSize = (of: Cidr): bigint => 1n << BigInt(addressBits(cidrFamily(of)) - prefixLength(of));

/** The highest address: `10.0.10.255` of `10.0.10.0/24`. */
export const cidrLast = (of: Cidr): Ip => bigintToIp(ipToBigint(cidrFirst(of)) + cidrSize(of) - 1n, cidrFamily(of));

/** The broadcast address. IPv6 has none, and neither have point-to-point networks of /31 (RFC 3021) and /32. */
export const broadcast = (of: Cidr): Ip | undefined =>
  cidrFamily(of) === 4 && prefixLength(of) < 31 ? cidrLast(of) : undefined;

/** The network of `prefix` bits that an address is in: `networkOf(10.0.10.28, 24)` is `10.0.10.0/24`. */
export const networkOf = (ip: Ip, prefix: number): Cidr => {
  const hostBits = BigInt(addressBits(familyOf(ip)) - prefix);
  return `${bigintToIp((ipToBigint(ip) >> hostBits) << hostBits, familyOf(ip))}/${prefix}` as Cidr;
};

/** A network. Host bits are refused rather than dropped: `10.0.10.5/24` may mean an address or a network. */
export const parseCidr = (text: string): Result<Cidr> => {
  const [address = '', prefix, ...more] = text.split('/');
  if (prefix === undefined || more.length > 0)
    return failure(`"${text}" is not a CIDR; write a network and its prefix length, like 10.0.10.0/24`);
  const ip = parseIp(address);
  if (!ip.ok) return failure(`"${text}" is not a CIDR: ${ip.error}`);
  const bits = addressBits(familyOf(ip.value));
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits)
    return failure(`"${text}" is not a CIDR: the prefix length of an IPv${familyOf(ip.value)} network is 0 to ${bits}`);
  const network = networkOf(ip.value, Number(prefix));
  if (cidrFirst(network) !== ip.value)
    return failure(`"${text}" has bits set beyond its prefix length; the network is ${network}`);
  return success(network);
};

export const cidrContains = (outer: Cidr, inner: Ip | Cidr): boolean => {
  const [address = '', prefix] = inner.split('/');
  const ip = address as Ip;
  const family = familyOf(ip);
  if (family !== cidrFamily(outer)) return false;
  if (prefix !== undefined && Number(prefix) < prefixLength(outer)) return false;
  const hostBits = BigInt(addressBits(family) - prefixLength(outer));
  return ipToBigint(ip) >> hostBits === ipToBigint(cidrFirst(outer)) >> hostBits;
};

export const cidrsOverlap = (a: Cidr, b: Cidr): boolean => cidrContains(a, b) || cidrContains(b, a);

/**
 * The addresses hosts may have: without network and broadcast in IPv4, without the subnet-router anycast address
 * (RFC 4291 §2.6.1) in IPv6. Point-to-point networks (RFC 3021, RFC 6164) and single addresses give all they have.
 */
export const hostAddresses = (of: Cidr): AddressRange => {
  const first = ipToBigint(cidrFirst(of));
  const family = cidrFamily(of);
  if (cidrSize(of) <= 2n) return { first: cidrFirst(of), last: cidrLast(of) };
  const last = first + cidrSize(of) - (broadcast(of) === undefined ? 1n : 2n);
  return { first: bigintToIp(first + 1n, family), last: bigintToIp(last, family) };
};

/** One entry of Kube-OVN's `excludeIps`: `10.0.10.1` or `10.0.10.1..10.0.10.9`. */
export const parseAddressRange = (text: string): Result<AddressRange> => {
  const [from = '', to = from, ...more] = text.split('..');
  const first = parseIp(from);
  const last = parseIp(to);
  if (more.length > 0) return failure(`"${text}" is not a range; write one address, or two with ".." between them`);
  if (!first.ok) return failure(`"${text}" is not a range: ${first.error}`);
  if (!last.ok) return failure(`"${text}" is not a range: ${last.error}`);
  if (familyOf(first.value) !== familyOf(last.value)) return failure(`"${text}" mixes IPv4 and IPv6`);
  if (ipToBigint(first.value) > ipToBigint(last.value))
    return failure(`"${text}" ends before it begins; write the lower address first`);
  return success({ first: first.value, last: last.value });
};
