import { describe, expect, it } from 'vitest';
import { ipBatch } from './links.ts';
import { ovsVsctl } from './ovs-vsctl.ts';
import { ipCommand } from './words.ts';

const exploit = '10.9.9.0/24 via 10.0.0.1 dev eth0\nnetns exec X touch /tmp/pwned\n#';

describe('a line of ip -batch', () => {
  it('takes values that are one word', () => {
    expect(ipCommand`link set ${'eth0'} mtu ${1400}`).toBe('link set eth0 mtu 1400');
  });

  it.each([exploit, '10.0.0.1 dev eth1', '', 'a\tb', 'a#b', '"a', 'a\\', 'a\u0000', 'a\u0085b', 'a\u2028b'])(
    'takes no other: %j',
    value => {
      expect(() => ipCommand`route replace ${value} dev eth0`).toThrow(RangeError);
    },
  );
});

describe('a batch of commands', () => {
  it.each(['a\nb', 'a\rb', 'a\u0000b', exploit])(
    'of ip runs nothing when one holds a control character: %j',
    async text => {
      await expect(ipBatch(['link', `route replace ${text}`])).rejects.toThrow(/control character/);
    },
  );

  it('of ovs-vsctl neither', async () => {
    const commands = [['init'], ['set', 'Interface', 'x', 'external_ids:iface-id=a\nb']];
    await expect(ovsVsctl('/nowhere', commands)).rejects.toThrow(/control character/);
  });
});
