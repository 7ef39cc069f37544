import { failure, type Result, success } from '../resources/result.ts';

declare const family: unique symbol;

/** Dotted quad without leading zeros: `10.0.10.1`. */
export type IPv4 = string & { readonly [family]: 'IPv4' };

/** RFC 5952 text: `2001:db8::1`. */
export type IPv6 = string & { readonly [family]: 'IPv6' };

/** An address in canonical form, so that equal addresses are equal strings. */
export type Ip = IPv4 | IPv6;

export type Family = 4 | 6;

export const familyOf = (ip: Ip): Family => (ip.includes(':') ? 6 : 4);

/** Bits in an address: 32 or 128. */
export const addressBits = (of: Family): 32 | 128 => (of === 4 ? 32 : 128);

/** The 32-bit value of a dotted quad. Strict: `010.0.0.1` is octal to some readers and decimal to others, so nobody gets to guess. */
const readIPv4 = (text: string): number | undefined => {
  const octets = text.split('.');
  if (octets.length !== 4) return undefined;
  let value = 0;
  for (const octet of octets) {
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return undefined;
    value = value * 256 + Number(octet);
  }
  return value;
};

const formatIPv4 = (value: number): IPv4 =>
  [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.') as IPv4;

/** RFC 4291 §2.2 form 3: a dotted quad may stand for the last two groups. */
const expandDottedTail = (text: string): string | undefined => {
  const tail = text.slice(text.lastIndexOf(':') + 1);
  if (!tail.includes('.')) return text;
  const value = readIPv4(tail);
  if (value === undefined) return undefined;
  return `${text.slice(0, -tail.length)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
};

/** Colon-separated groups; no group for the empty text on either side of `::`. */
const readGroups = (text: string): number[] | undefined => {
  if (text === '') return [];
  const groups = text.split(':');
  return groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map(group => Number.parseInt(group, 16))
    : undefined;
};

/** The eight 16-bit groups of an IPv6 address (RFC 4291 §2.2). Zone identifiers are refused: they mean something on one machine only. */
const readIPv6 = (text: string): number[] | undefined => {
  const [head, tail, ...more] = expandDottedTail(text)?.split('::') ?? [];
  if (head === undefined || more.length > 0) return undefined;
  const left = readGroups(head);
  const right = tail === undefined ? [] : readGroups(tail);
  if (!left || !right) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...left, ...new Array<number>(missing).fill(0), ...right];
};

/** Where the longest run of two or more zero groups is; the first of equals (RFC 5952 §4.2). */
const longestZeroRun = (groups: readonly number[]): { start: number; length: number } => {
  let best = { start: -1, length: 1 };
  let start = -1;
  groups.forEach((group, index) => {
    if (group !== 0) start = -1;
    else if (start < 0) start = index;
    if (start >= 0 && index - start + 1 > best.length) best = { start, length: index - start + 1 };
  });
  return best;
};

const isIPv4Mapped = (groups: readonly number[]): boolean =>
  groups[5] === 0xffff && groups.slice(0, 5).every(group => group === 0);

const formatIPv6 = (groups: readonly number[]): IPv6 => {
  const [high = 0, low = 0] = groups.slice(6);
  if (isIPv4Mapped(groups)) return `::ffff:${formatIPv4(((high << 16) | low) >>> 0)}` as IPv6;
  const hex = (part: readonly number[]): string => part.map(group => group.toString(16)).join(':');
  const run = longestZeroRun(groups);
  if (run.start < 0) return hex(groups) as IPv6;
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}` as IPv6;
};

export const parseIPv4 = (text: string): Result<IPv4> => {
  const value = readIPv4(text);
  return value === undefined
    ? failure(
        `"${text}" is not an IPv4 address; write four numbers from 0 to 255 without leading zeros, like 10.0.10.1`,
      )
    : success(formatIPv4(value));
};

export const parseIPv6 = (text: string): Result<IPv6> => {
  const groups = readIPv6(text);
  return groups === undefined
    ? failure(`"${text}" is not an IPv6 address; write it like 2001:db8::1, without a zone`)
    : success(formatIPv6(groups));
};

/** An address of either family, in canonical form. */
export const parseIp = (text: string): Result<Ip> => {
  if (text.includes(':')) return parseIPv6(text);
  if (text.includes('.')) return parseIPv4(text);
  return failure(`"${text}" is not an IP address; write it like 10.0.10.1 or 2001:db8::1`);
};

/** An address as an unsigned number of 32 or 128 bits. */
export const ipToBigint = (ip: Ip): bigint => {
  if (familyOf(ip) === 4) return BigInt(readIPv4(ip) ?? 0);
  return (readIPv6(ip) ?? []).reduce((value, group) => (value << 16n) | BigInt(group), 0n);
};

/** The address with this number. Throws a RangeError when it does not fit the family. */
export const bigintToIp = (value: bigint, of: Family): Ip => {
  if (value < 0n || value >> BigInt(addressBits(of)) !== 0n) throw new RangeError(`${value} is no IPv${of} address`);
  if (of === 4) return formatIPv4(Number(value));
  return formatIPv6(Array.from({ length: 8 }, (_, group) => Number((value >> BigInt(112 - 16 * group)) & 0xffffn)));
};
