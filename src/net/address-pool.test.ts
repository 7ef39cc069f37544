import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../resources/result.ts';
import { AddressPool } from './address-pool.ts';
import { parseAddressRange, parseCidr } from './cidr.ts';
import { type Ip, parseIp } from './ip.ts';

const ip = (text: string) => unwrap(parseIp(text));

const pool = (cidr: string, ...exclude: string[]) =>
  new AddressPool({
    cidr: unwrap(parseCidr(cidr)),
    exclude: exclude.map(range => unwrap(parseAddressRange(range))),
  });

const allocated = (from: AddressPool, owner: string, now = 0): Ip => {
  const result = from.allocate(owner, now);
  if (result.outcome !== 'ok') throw new Error(`no address: ${result.outcome}`);
  return result.ip;
};

describe('allocate', () => {
  it('gives the lowest address that is neither network, broadcast nor excluded', () => {
    const addresses = pool('168.119.17.48/28', '168.119.17.49..168.119.17.50', '168.119.17.52');
    expect(addresses.capacity).toBe(11n);
    expect(allocated(addresses, 'a')).toBe('168.119.17.51');
    expect(allocated(addresses, 'b')).toBe('168.119.17.53');
    expect(addresses.held).toBe(2);
    expect(addresses.ownerOf(ip('168.119.17.53'))).toBe('b');
    expect(addresses.addressOf('b')).toBe('168.119.17.53');
  });

  it('gives an owner the address it has', () => {
    const addresses = pool('10.0.0.0/24');
    expect(allocated(addresses, 'a')).toBe(allocated(addresses, 'a'));
    expect(addresses.held).toBe(1);
  });

  it('passes over addresses that were asked for by name', () => {
    const addresses = pool('10.0.0.0/29');
    addresses.take(ip('10.0.0.1'), 'a', 0);
    addresses.take(ip('10.0.0.2'), 'b', 0);
    expect(allocated(addresses, 'c')).toBe('10.0.0.3');
  });

  it('gives an address never held before one that was released', () => {
    const addresses = pool('10.0.0.0/30');
    const first = allocated(addresses, 'a');
    addresses.release(first, 0);
    expect(allocated(addresses, 'b', 10)).toBe('10.0.0.2');
    expect(allocated(addresses, 'c', 10)).toBe(first);
  });

  it('keeps a released address back until its quarantine ends, and says when that is', () => {
    const addresses = pool('10.0.0.0/30', '10.0.0.1');
    const only = allocated(addresses, 'a');
    addresses.release(only, 60);
    expect(addresses.allocate('b', 59)).toEqual({ outcome: 'exhausted', retryAt: 60 });
    expect(addresses.allocate('b', 60)).toEqual({ outcome: 'ok', ip: only });
    expect(addresses.allocate('c', 60)).toEqual({ outcome: 'exhausted', retryAt: undefined });
  });

  it('works on a /64 without walking through it', () => {
    const addresses = pool('fd00::/64', 'fd00::1', 'fd00::2..fd00::ffff:ffff:ffff:fffd');
    expect(addresses.capacity).toBe(2n);
    expect(allocated(addresses, 'a')).toBe('fd00::ffff:ffff:ffff:fffe');
    expect(allocated(addresses, 'b')).toBe('fd00::ffff:ffff:ffff:ffff');
    expect(addresses.allocate('c', 0).outcome).toBe('exhausted');
  });

  it('ignores excluded ranges of the other family and outside the network', () => {
    expect(pool('10.0.0.0/30', 'fd00::1..fd00::5', '10.0.1.0..10.0.1.9').capacity).toBe(2n);
    expect(pool('10.0.0.0/30', '9.0.0.0..11.0.0.0').capacity).toBe(0n);
  });
});

describe('take', () => {
  const addresses = pool('10.0.0.0/29', '10.0.0.1');
  addresses.take(ip('10.0.0.2'), 'a', 0);
  addresses.take(ip('10.0.0.3'), 'b', 0);
  addresses.release(ip('10.0.0.3'), 60);

  it.each([
    ['10.0.0.4', 'c', { outcome: 'ok' }],
    ['10.0.0.2', 'a', { outcome: 'ok' }],
    ['10.0.0.2', 'd', { outcome: 'taken', owner: 'a' }],
    ['10.0.0.5', 'a', { outcome: 'owner-has-another', ip: '10.0.0.2' }],
    ['10.0.0.1', 'd', { outcome: 'excluded' }],
    ['10.0.0.0', 'd', { outcome: 'out-of-range' }],
    ['10.0.0.7', 'd', { outcome: 'out-of-range' }],
    ['10.0.1.2', 'd', { outcome: 'out-of-range' }],
    ['fd00::2', 'd', { outcome: 'out-of-range' }],
    ['10.0.0.3', 'd', { outcome: 'quarantined', until: 60 }],
  ])('%s for %s: %o', (text, owner, expected) => {
    expect(addresses.take(ip(text), owner, 59)).toEqual(expected);
  });

  it('gives an address whose quarantine has ended, once', () => {
    const small = pool('10.0.0.0/30', '10.0.0.2');
    small.take(ip('10.0.0.1'), 'a', 0);
    small.release(ip('10.0.0.1'), 60);
    expect(small.take(ip('10.0.0.1'), 'b', 60)).toEqual({ outcome: 'ok' });
    expect(small.allocate('c', 100).outcome).toBe('exhausted');
  });
});

describe('what was released', () => {
  const [first, second] = [ip('10.0.0.1'), ip('10.0.0.2')];
  const released = () => {
    const addresses = pool('10.0.0.0/29');
    for (const each of [first, second]) {
      addresses.take(each, 'a', 0);
      addresses.release(each, 60);
    }
    return addresses;
  };

  it('goes back to who had it as long as it rests: the last, or the one that is wanted', () => {
    expect(released().takeBack('a', 59)).toBe(second);
    expect(released().takeBack('a', 59, first)).toBe(first);
    expect(released().takeBack('a', 60)).toBeUndefined();
    expect(released().takeBack('b', 59, first)).toBeUndefined();
    const addresses = released();
    addresses.rest(second, 70);
    expect(addresses.takeBack('a', 60)).toBe(second);
    expect(addresses.takeBack('a', 60)).toBeUndefined();
  });

  it('is nobody’s when it is withheld', () => {
    const addresses = released();
    addresses.withhold(second, 80);
    expect(addresses.takeBack('a', 59)).toBeUndefined();
    expect(addresses.take(second, 'a', 79)).toEqual({ outcome: 'quarantined', until: 80 });
    addresses.withhold(ip('10.0.0.0'), 0);
    addresses.withhold(ip('10.0.1.1'), 0);
    const given = Array.from({ length: 6 }, (_, index) => allocated(addresses, `owner-${index}`, 80));
    expect(given.toSorted()).toEqual([1, 2, 3, 4, 5, 6].map(last => `10.0.0.${last}`));
  });

  it('is recorded at once, unless somebody has it', () => {
    const addresses = released();
    expect(addresses.record(first, 'b')).toEqual({ outcome: 'ok' });
    expect(addresses.record(first, 'c')).toEqual({ outcome: 'taken', owner: 'b' });
    expect(addresses.takeBack('a', 0, first)).toBeUndefined();
  });
});

it('lets what nobody has had rest like what was released, when it is told to', () => {
  const addresses = pool('10.0.0.0/29');
  addresses.record(ip('10.0.0.1'), 'a');
  addresses.restUnused(60);
  expect(addresses.allocate('b', 59)).toEqual({ outcome: 'exhausted', retryAt: 60 });
  expect(addresses.take(ip('10.0.0.2'), 'b', 59)).toEqual({ outcome: 'quarantined', until: 60 });
  expect(addresses.record(ip('10.0.0.2'), 'c')).toEqual({ outcome: 'ok' });
  addresses.release(ip('10.0.0.2'), 50);
  expect(addresses.allocate('d', 40)).toEqual({ outcome: 'exhausted', retryAt: 50 });
  expect(addresses.allocate('d', 50)).toEqual({ outcome: 'ok', ip: '10.0.0.2' });
  expect(allocated(addresses, 'b', 60)).toBe('10.0.0.3');
});

describe('whatever is done to a pool', () => {
  type Step =
    | { do: 'allocate'; owner: number }
    | { do: 'take'; owner: number; last: number }
    | { do: 'release'; last: number; quarantine: number }
    | { do: 'wait'; time: number };

  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constant('allocate' as const), owner: fc.nat(7) }),
    fc.record({ do: fc.constant('take' as const), owner: fc.nat(7), last: fc.nat(7) }),
    fc.record({ do: fc.constant('release' as const), last: fc.nat(7), quarantine: fc.nat(3) }),
    fc.record({ do: fc.constant('wait' as const), time: fc.nat(3) }),
  );

  it('no address has two owners or leaves quarantine early, and it is exhausted only when nothing is free', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const addresses = pool('10.0.0.0/29', '10.0.0.1');
        const usable = ['2', '3', '4', '5', '6'].map(last => ip(`10.0.0.${last}`));
        const owners = new Map<Ip, string>();
        const quarantined = new Map<Ip, number>();
        let now = 0;
        const free = () => usable.filter(each => !owners.has(each) && (quarantined.get(each) ?? 0) <= now);
        const holds = (owner: string) => [...owners].find(([, holder]) => holder === owner)?.[0];

        const hold = (address: Ip, owner: string) => {
          expect(holds(owner) ?? address).toBe(address);
          expect(owners.get(address) ?? owner).toBe(owner);
          if (!owners.has(address)) expect(free()).toContain(address);
          owners.set(address, owner);
        };

        for (const each of steps) {
          if (each.do === 'wait') now += each.time;
          else if (each.do === 'allocate') {
            const owner = `owner-${each.owner}`;
            const result = addresses.allocate(owner, now);
            if (result.outcome === 'ok') hold(result.ip, owner);
            else expect(free()).toEqual([]);
          } else if (each.do === 'take') {
            const owner = `owner-${each.owner}`;
            const wanted = ip(`10.0.0.${each.last}`);
            const possible = owners.get(wanted) === owner || (free().includes(wanted) && holds(owner) === undefined);
            const result = addresses.take(wanted, owner, now);
            expect(result.outcome === 'ok').toBe(possible);
            if (result.outcome === 'ok') hold(wanted, owner);
          } else {
            const address = ip(`10.0.0.${each.last}`);
            addresses.release(address, now + each.quarantine);
            if (owners.delete(address)) quarantined.set(address, now + each.quarantine);
          }
          expect(addresses.held).toBe(owners.size);
          for (const address of usable) expect(addresses.ownerOf(address)).toBe(owners.get(address));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('fills a /16 to the last address', () => {
    const addresses = pool('10.100.0.0/16', '10.100.0.1');
    for (let index = 0; index < 65533; index++) allocated(addresses, `pod-${index}`);
    expect(BigInt(addresses.held)).toBe(addresses.capacity);
    expect(addresses.allocate('one more', 0)).toEqual({ outcome: 'exhausted', retryAt: undefined });
    addresses.release(ip('10.100.77.7'), 5);
    expect(addresses.allocate('one more', 5)).toEqual({ outcome: 'ok', ip: '10.100.77.7' });
  });
});
