import { expect, it } from 'vitest';
import { macFor, parseMac } from './mac.ts';

it('reads a MAC address in lower case', () => {
  expect(parseMac('0A:58:0a:00:0A:1c')).toEqual({ ok: true, value: '0a:58:0a:00:0a:1c' });
});

it.each([
  '',
  '0a:58:0a:00:0a',
  '0a:58:0a:00:0a:1c:00',
  '0a-58-0a-00-0a-1c',
  '0a580a000a1c',
  '0g:58:0a:00:0a:1c',
  'a:58:0a:0:a:1c',
])('refuses "%s"', text => {
  expect(parseMac(text)).toEqual({ ok: false, error: expect.stringContaining('six pairs of hexadecimal digits') });
});

it('derives a locally administered unicast address, always the same for one seed and another for another', () => {
  const seeds = Array.from({ length: 1000 }, (_, index) => `port-${index}`);
  const macs = seeds.map(macFor);
  expect(seeds.map(macFor)).toEqual(macs);
  expect(new Set(macs).size).toBe(1000);
  for (const mac of macs) {
    expect(parseMac(mac)).toEqual({ ok: true, value: mac });
    expect(Number.parseInt(mac.slice(0, 2), 16) & 0b11).toBe(0b10);
  }
});

it('never changes what a seed gives: running systems have these addresses in their databases', () => {
  expect(macFor('shalb-demo/test-http-app')).toBe('ce:13:ba:dc:8d:99');
});
