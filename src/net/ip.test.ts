import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../resources/result.ts';
import { bigintToIp, familyOf, ipToBigint, parseIPv4, parseIPv6, parseIp } from './ip.ts';

describe('parseIp', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    // RFC 5952 §4: lower case, no leading zeros, the longest run shortened, the first of equal runs, never a single group.
    ['2001:DB8:0000::0001', '2001:db8::1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['0:0:0:0:0:ffff:102:304', '::ffff:1.2.3.4'],
    ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ])('reads %s as %s', (text, canonical) => {
    expect(parseIp(text)).toEqual({ ok: true, value: canonical });
  });

  it.each([
    '',
    '10',
    '10.0.0',
    '10.0.0.1.2',
    '010.0.0.1',
    '10.0.0.01',
    '10.0.0.256',
    '10.0.0.-1',
    '10.0.0.1 ',
    ' 10.0.0.1',
    '10.0.0.1/24',
    '0x0a.0.0.1',
    '1e1.0.0.1',
    '10..0.1',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    ':1:2:3:4:5:6:7',
    '1::2::3',
    '12345::',
    'g::',
    'fe80::1%eth0',
    '::1.2.3',
    '::01.2.3.4',
    '1.2.3.4::',
  ])('refuses "%s" and says what to write', text => {
    const result = parseIp(text);
    expect(result).toEqual({ ok: false, error: expect.stringContaining(`"${text}"`) });
    expect(result).toEqual({ ok: false, error: expect.stringContaining('write') });
  });

  it('keeps the families apart', () => {
    expect(parseIPv4('::1').ok).toBe(false);
    expect(parseIPv6('10.0.0.1').ok).toBe(false);
  });
});

describe('an address as a number', () => {
  it.each([
    ['10.0.0.1', 0x0a000001n],
    ['255.255.255.255', 0xffffffffn],
    ['::1', 1n],
    ['2001:db8::', 0x20010db8000000000000000000000000n],
  ])('%s is %s', (text, value) => {
    const ip = unwrap(parseIp(text));
    expect(ipToBigint(ip)).toBe(value);
    expect(bigintToIp(value, familyOf(ip))).toBe(ip);
  });

  it('is read back from its own text, whichever it is', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), value => {
        const ip = bigintToIp(value, 6);
        expect(parseIp(ip)).toEqual({ ok: true, value: ip });
        expect(ipToBigint(ip)).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0xffffffffn }), value => {
        expect(ipToBigint(bigintToIp(value, 4))).toBe(value);
      }),
    );
  });

  it('agrees with fast-check on what an IPv6 address may look like', () => {
    fc.assert(
      fc.property(fc.ipV6(), text => {
        expect(parseIp(text)).toMatchObject({ ok: true });
      }),
    );
  });

  it('throws when it does not fit', () => {
    expect(() => bigintToIp(1n << 32n, 4)).toThrow(RangeError);
    expect(() => bigintToIp(-1n, 6)).toThrow(RangeError);
  });
});
