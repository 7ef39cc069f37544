import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../resources/result.ts';
import {
  broadcast,
  cidrContains,
  cidrFirst,
  cidrLast,
  cidrSize,
  cidrsOverlap,
  hostAddresses,
  networkOf,
  parseAddressRange,
  parseCidr,
  prefixLength,
} from './cidr.ts';
import { parseIp } from './ip.ts';

const cidr = (text: string) => unwrap(parseCidr(text));
const ip = (text: string) => unwrap(parseIp(text));

describe('parseCidr', () => {
  it.each(['10.0.10.0/24', '0.0.0.0/0', '1.2.3.4/32', '::/0', '2001:db8::/64', '::1/128'])('reads %s', text => {
    expect(parseCidr(text)).toEqual({ ok: true, value: text });
  });

  it('gives the canonical form', () => {
    expect(cidr('2001:DB8:0::/64')).toBe('2001:db8::/64');
  });

  it.each([
    ['10.0.10.5/24', 'the network is 10.0.10.0/24'],
    ['2001:db8::1/64', 'the network is 2001:db8::/64'],
    ['10.0.10.0', 'write a network and its prefix length'],
    ['10.0.10.0/24/8', 'write a network and its prefix length'],
    ['10.0.10.0/33', '0 to 32'],
    ['::/129', '0 to 128'],
    ['10.0.10.0/', '0 to 32'],
    ['10.0.10.0/024', '0 to 32'],
    ['10.0.10.0/-1', '0 to 32'],
    ['010.0.10.0/24', 'without leading zeros'],
    ['/24', 'not an IP address'],
  ])('refuses %s: %s', (text, reason) => {
    expect(parseCidr(text)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });
});

describe('the edges of a network', () => {
  it.each([
    ['10.0.10.0/24', '10.0.10.0', '10.0.10.255', '10.0.10.255', '10.0.10.1', '10.0.10.254'],
    ['168.119.17.48/28', '168.119.17.48', '168.119.17.63', '168.119.17.63', '168.119.17.49', '168.119.17.62'],
    ['10.0.0.0/30', '10.0.0.0', '10.0.0.3', '10.0.0.3', '10.0.0.1', '10.0.0.2'],
    ['10.0.0.0/31', '10.0.0.0', '10.0.0.1', undefined, '10.0.0.0', '10.0.0.1'],
    ['10.0.0.7/32', '10.0.0.7', '10.0.0.7', undefined, '10.0.0.7', '10.0.0.7'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255', '255.255.255.255', '0.0.0.1', '255.255.255.254'],
    ['fd00::/64', 'fd00::', 'fd00::ffff:ffff:ffff:ffff', undefined, 'fd00::1', 'fd00::ffff:ffff:ffff:ffff'],
    ['fd00::/127', 'fd00::', 'fd00::1', undefined, 'fd00::', 'fd00::1'],
  ])('%s', (text, first, last, broadcastAddress, firstHost, lastHost) => {
    const network = cidr(text);
    expect(cidrFirst(network)).toBe(first);
    expect(cidrLast(network)).toBe(last);
    expect(broadcast(network)).toBe(broadcastAddress);
    expect(hostAddresses(network)).toEqual({ first: firstHost, last: lastHost });
  });

  it('knows its size and prefix length', () => {
    expect(cidrSize(cidr('10.0.0.0/16'))).toBe(65536n);
    expect(cidrSize(cidr('fd00::/64'))).toBe(1n << 64n);
    expect(prefixLength(cidr('fd00::/64'))).toBe(64);
  });
});

describe('networkOf', () => {
  it.each([
    ['10.0.10.28', 24, '10.0.10.0/24'],
    ['10.0.10.28', 32, '10.0.10.28/32'],
    ['10.0.10.28', 0, '0.0.0.0/0'],
    ['2001:db8:1:2:3::1', 48, '2001:db8:1::/48'],
  ])('%s/%i is in %s', (text, prefix, network) => {
    expect(networkOf(ip(text), prefix)).toBe(network);
  });
});

describe('cidrContains and cidrsOverlap', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.1.0.0/16', '10.0.0.0/8', false],
    ['10.1.0.0/16', '10.1.0.0/16', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', 'fd00::/8', true],
  ])('%s contains %s: %s', (outer, inner, expected) => {
    expect(cidrContains(cidr(outer), inner.includes('/') ? cidr(inner) : ip(inner))).toBe(expected);
  });

  it('two networks overlap exactly when they share an address', () => {
    const network = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 32 })).map(([last, prefix]) => {
      return networkOf(ip(`10.0.0.${last}`), prefix);
    });
    fc.assert(
      fc.property(network, network, (a, b) => {
        const shared = Array.from({ length: 256 }, (_, last) => ip(`10.0.0.${last}`)).some(
          address => cidrContains(a, address) && cidrContains(b, address),
        );
        expect(cidrsOverlap(a, b)).toBe(shared);
        expect(cidrsOverlap(b, a)).toBe(shared);
      }),
    );
  });
});

describe('parseAddressRange', () => {
  it.each([
    ['10.0.10.1', '10.0.10.1', '10.0.10.1'],
    ['10.0.10.1..10.0.10.9', '10.0.10.1', '10.0.10.9'],
    ['FD00::1..fd00::ff', 'fd00::1', 'fd00::ff'],
  ])('reads %s', (text, first, last) => {
    expect(parseAddressRange(text)).toEqual({ ok: true, value: { first, last } });
  });

  it.each([
    ['', 'not an IP address'],
    ['10.0.10.1..', 'not a range'],
    ['10.0.10.1-10.0.10.9', 'not a range'],
    ['10.0.10.9..10.0.10.1', 'write the lower address first'],
    ['10.0.10.1..fd00::1', 'mixes IPv4 and IPv6'],
    ['10.0.10.1..10.0.10.2..10.0.10.3', 'one address, or two'],
  ])('refuses "%s": %s', (text, reason) => {
    expect(parseAddressRange(text)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });
});
