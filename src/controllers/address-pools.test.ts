import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestClock } from '../../test/clock/test-clock.ts';
import { ownerOf } from '../converge/piece.ts';
import type { Ip } from '../net/ip.ts';
import { type IP, ipKind } from '../resources/kubeovn/ip.ts';
import { type OvnEip, ovnEipKind } from '../resources/kubeovn/ovn-eip.ts';
import { type Subnet, subnetKind } from '../resources/kubeovn/subnet.ts';
import { AddressPools } from './address-pools.ts';
import { Caches, type Reads } from './caches.ts';
import { CACHED_KINDS } from './kinds.ts';
import { OWNER_ANNOTATION } from './targets/kube-identity.ts';

const REST_MS = 1_000;
const subnet = (name: string, cidrBlock: string, vlan?: string): Subnet => ({
  apiVersion: 'kubeovn.io/v1',
  kind: 'Subnet',
  metadata: { name, uid: name, resourceVersion: '1' },
  spec: { cidrBlock, ...(vlan !== undefined && { vlan }) },
});
/** Five addresses each besides the gateway's: .2 to .6. */
const external = subnet('ext', '100.65.0.0/29', 'vlan1');
const overlay = subnet('pods', '10.0.10.0/29');

/** A server with nothing but these subnets on which nothing happens; what happens is told to the caches by hand. */
const silentServer = {
  list: async () => ({ items: [], resourceVersion: '1' }),
  watch: async function* (_: unknown, { signal }: { readonly signal?: AbortSignal | undefined }) {
    yield [];
    await new Promise(resolve => signal?.addEventListener('abort', resolve));
  },
};

let caches: Caches;
let clock: TestClock;
let pools: AddressPools;
let signals: string[];
let answering: Set<string>;
let version: number;
/** An object that is made anew has another uid. */
let lives = 0;

beforeEach(async () => {
  caches = new Caches(CACHED_KINDS, { client: silentServer as never, onError: () => undefined });
  clock = new TestClock();
  signals = [];
  answering = new Set();
  version = 10;
  await caches.start();
  for (const each of [external, overlay])
    caches.informer(subnetKind.type).observe({ ...each, metadata: { ...each.metadata, resourceVersion: '2' } });
  pools = newPools();
});
afterEach(() => caches.stop());

const newPools = (): AddressPools =>
  new AddressPools({
    caches,
    clock,
    quarantineMs: REST_MS,
    signal: signal => signals.push(signal),
    inUse: (address: Ip) => answering.has(address),
  });

const reads = (noted: string[] = []): Reads => caches.reads(signal => noted.push(signal));
const hold = (eip: string, requested?: string, of = external) =>
  pools.hold({ subnet: of, owner: ownerOf('EIp', eip), requested, field: `EIp ${eip}` }, reads());
const addressOf = (eip: string, requested?: string, of = external): string => {
  const held = hold(eip, requested, of);
  return held.ok ? held.address : held.reason;
};

/** The OvnEip of an EIp, as the API has it from now on. */
const confirm = (eip: string, v4Ip: string, name = eip.replace('/', '-'), of = external): OvnEip => {
  const ovnEip: OvnEip = {
    apiVersion: 'kubeovn.io/v1',
    kind: 'OvnEip',
    metadata: {
      name,
      uid: `${name} ${lives}`,
      resourceVersion: String(version++),
      ...(eip && { annotations: { [OWNER_ANNOTATION]: `EIp/${eip}` } }),
    },
    spec: { externalSubnet: of.metadata.name, v4Ip },
  };
  caches.informer(ovnEipKind.type).observe(ovnEip);
  return ovnEip;
};
const release = (ovnEip: OvnEip): void => {
  lives += 1;
  caches.informer(ovnEipKind.type).observeDeletion(ovnEip);
};

it('gives each owner one address, and the same again', () => {
  expect(addressOf('a/x')).toBe('100.65.0.2');
  expect(addressOf('b/x')).toBe('100.65.0.3');
  expect(addressOf('a/x')).toBe('100.65.0.2');
});

it('gives one in each subnet', () => {
  expect(addressOf('a/x')).toBe('100.65.0.2');
  expect(addressOf('a/x', undefined, overlay)).toBe('10.0.10.2');
  pools.ownerGone(ownerOf('EIp', 'a/x'));
  expect(addressOf('b/x')).toBe('100.65.0.3');
  expect(pools.usage(external, reads()).using).toBe(1);
  expect(pools.usage(overlay, reads()).using).toBe(0);
});

it('lets a released address rest before another has it, and wakes who was refused', () => {
  const first = confirm('a/x', addressOf('a/x', '100.65.0.4'));
  release(first);
  expect(addressOf('b/x', '100.65.0.4')).toBe('AddressQuarantined');
  clock.advance(REST_MS + 1);
  expect(signals).toContain('pool/ext');
  expect(addressOf('b/x', '100.65.0.4')).toBe('100.65.0.4');
});

it('gives it back at once to who had it, as long as it rests', () => {
  const first = confirm('a/x', addressOf('a/x', '100.65.0.4'));
  release(first);
  expect(addressOf('a/x')).toBe('100.65.0.4');
  release(confirm('a/x', '100.65.0.4'));
  clock.advance(REST_MS + 1);
  expect(addressOf('a/x')).toBe('100.65.0.2');
});

it('gives who asks for another address that one', () => {
  release(confirm('a/x', addressOf('a/x', '100.65.0.4')));
  expect(addressOf('a/x', '100.65.0.5')).toBe('100.65.0.5');
});

it('keeps an address for which the data plane still answers from everybody but its owner', () => {
  const first = confirm('a/x', addressOf('a/x', '100.65.0.4'));
  answering.add('100.65.0.4');
  release(first);
  clock.advance(10 * REST_MS);
  expect(addressOf('b/x', '100.65.0.4')).toBe('AddressTaken');
  answering.clear();
  pools.recheck(['100.65.0.4' as Ip]);
  expect(addressOf('b/x', '100.65.0.4')).toBe('AddressQuarantined');
  clock.advance(REST_MS + 1);
  expect(addressOf('b/x', '100.65.0.4')).toBe('100.65.0.4');
});

it('gives an address that the data plane answers for back to who had it', () => {
  const first = confirm('a/x', addressOf('a/x', '100.65.0.4'));
  answering.add('100.65.0.4');
  release(first);
  expect(addressOf('a/x')).toBe('100.65.0.4');
  answering.clear();
  pools.recheck(['100.65.0.4' as Ip]);
  clock.advance(10 * REST_MS);
  expect(addressOf('b/x', '100.65.0.4')).toBe('AddressTaken');
});

it('never gives an external address that the data plane answers for, though nobody holds it', () => {
  answering.add('100.65.0.2').add('10.0.10.2');
  expect(addressOf('a/x')).toBe('100.65.0.3');
  expect(addressOf('b/x', '100.65.0.2')).toBe('AddressTaken');
  // In a VPC it is another network's.
  expect(addressOf('a/x', undefined, overlay)).toBe('10.0.10.2');
});

it('frees at once what an owner was given and never kept', () => {
  addressOf('a/x', '100.65.0.4');
  pools.ownerGone(ownerOf('EIp', 'a/x'));
  expect(addressOf('b/x', '100.65.0.4')).toBe('100.65.0.4');
});

it('says when no address is left, and wakes who was refused when one is', () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map(name => confirm(`${name}/x`, addressOf(`${name}/x`)));
  const noted: string[] = [];
  const refused = pools.hold(
    { subnet: external, owner: ownerOf('EIp', 'f/x'), requested: undefined, field: 'EIp f/x' },
    reads(noted),
  );
  expect(refused).toMatchObject({ ok: false, reason: 'AddressPoolExhausted' });
  expect(noted).toContain('pool/ext');
  for (const one of all.slice(0, 1)) release(one);
  clock.advance(REST_MS + 1);
  expect(signals).toContain('pool/ext');
  expect(addressOf('f/x')).toBe('100.65.0.2');
});

it('lets all that is free rest after a restart, of which nobody knows who had it, and gives everybody its own', () => {
  confirm('a/x', addressOf('a/x'));
  release(confirm('b/x', addressOf('b/x')));
  pools = newPools();
  expect(addressOf('a/x')).toBe('100.65.0.2');
  expect(addressOf('c/x')).toBe('AddressQuarantined');
  expect(addressOf('c/x', '100.65.0.3')).toBe('AddressQuarantined');
  release(confirm('d/x', '100.65.0.5'));
  expect(addressOf('d/x')).toBe('100.65.0.5');
  // Nothing was kept there before.
  expect(addressOf('c/x', undefined, overlay)).toBe('10.0.10.2');
  clock.advance(REST_MS + 1);
  expect(signals).toContain('pool/ext');
  expect(addressOf('c/x')).toBe('100.65.0.3');
});

it('wakes any number of refused owners with one timer, and those who are refused again with the next', () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map(name => confirm(`${name}/x`, addressOf(`${name}/x`)));
  const refused = Array.from({ length: 50 }, (_, index) => `refused/x${index}`);
  const wakeUps = () => signals.filter(signal => signal === 'pool/ext').length;
  clock.advance(REST_MS);
  const [first, second] = all;
  if (first) release(first);
  clock.advance(100);
  if (second) release(second);
  clock.advance(800);
  for (const each of refused) expect(addressOf(each)).toBe('AddressPoolExhausted');
  expect(clock.pending).toBe(1);
  clock.advance(101);
  expect(wakeUps()).toBe(1);
  expect(refused.map(each => addressOf(each)).filter(each => each === '100.65.0.2')).toHaveLength(1);
  expect(clock.pending).toBe(2);
  clock.advance(REST_MS);
  expect(wakeUps()).toBe(2);
  expect(refused.map(each => addressOf(each)).filter(each => each === '100.65.0.3')).toHaveLength(1);
});

it('leaves an address that two objects keep to the first, and then to the other', () => {
  addressOf('warm/up');
  const first = confirm('a/x', '100.65.0.4');
  confirm('b/x', '100.65.0.4');
  release(first);
  expect(signals).toContain('pool/ext');
  clock.advance(REST_MS + 1);
  expect(addressOf('c/x', '100.65.0.4')).toBe('AddressTaken');
  expect(addressOf('b/x')).toBe('100.65.0.4');
});

it('gives nobody the second address of an owner', () => {
  addressOf('warm/up');
  confirm('a/x', '100.65.0.4');
  confirm('a/x', '100.65.0.5', 'another');
  expect(addressOf('b/x', '100.65.0.5')).toBe('AddressTaken');
  expect(addressOf('a/x')).toBe('100.65.0.4');
});

it('follows what another instance gave', () => {
  expect(addressOf('a/x')).toBe('100.65.0.2');
  confirm('a/x', '100.65.0.5');
  expect(addressOf('a/x')).toBe('100.65.0.5');
  expect(addressOf('b/x', '100.65.0.2')).toBe('100.65.0.2');
});

it('follows an OvnEip that is handed over', () => {
  confirm('', '100.65.0.4', 'by-hand');
  expect(addressOf('a/x', '100.65.0.4')).toBe('AddressTaken');
  confirm('a/x', '100.65.0.4', 'by-hand');
  expect(addressOf('a/x', '100.65.0.4')).toBe('100.65.0.4');
  expect(addressOf('b/x', '100.65.0.4')).toBe('AddressTaken');
});

it('keeps to what an owner was given when somebody edits its object, and follows the maker of one that nobody owns', () => {
  confirm('a/x', addressOf('a/x', '100.65.0.4'));
  confirm('a/x', '100.65.0.5');
  expect(addressOf('a/x')).toBe('100.65.0.4');
  confirm('', '100.65.0.2', 'by-hand');
  confirm('', '100.65.0.3', 'by-hand');
  expect(addressOf('b/x', '100.65.0.3')).toBe('AddressTaken');
  clock.advance(REST_MS + 1);
  expect(addressOf('b/x', '100.65.0.2')).toBe('100.65.0.2');
});

it('takes back the address of a pod that moved to another subnet', () => {
  const pod = (of: Subnet, address: string): IP => ({
    apiVersion: 'kubeovn.io/v1',
    kind: 'IP',
    metadata: {
      name: 'app.demo',
      uid: 'pod',
      resourceVersion: String(version++),
      annotations: { [OWNER_ANNOTATION]: 'Pod/demo/app' },
    },
    spec: { subnet: of.metadata.name, v4IpAddress: address },
  });
  addressOf('warm/up', undefined, overlay);
  caches.informer(ipKind.type).observe(pod(overlay, '10.0.10.5'));
  caches.informer(ipKind.type).observe(pod(external, '100.65.0.5'));
  clock.advance(REST_MS + 1);
  expect(addressOf('a/x', '10.0.10.5', overlay)).toBe('10.0.10.5');
  expect(addressOf('b/x', '100.65.0.5')).toBe('AddressTaken');
});

it.each([
  ['100.66.0.1', 'InvalidAddress'],
  ['100.65.0.1', 'AddressReserved'],
  ['nonsense', 'InvalidAddress'],
])('refuses to give %s: %s', (requested, reason) => {
  expect(addressOf('a/x', requested)).toBe(reason);
});
