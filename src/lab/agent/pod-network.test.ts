import { describe, expect, it } from 'vitest';
import type { IP } from '../../resources/kubeovn/ip.ts';
import { aPod } from '../cluster/fixtures.ts';
import { readPodNetwork } from './pod-address.ts';
import { networkNames, podLinkCommands } from './pod-network.ts';

const annotated = (annotations: Record<string, string>) => {
  const prefixed = Object.entries(annotations).map(([key, value]) => [`ovn.kubernetes.io/${key}`, value]);
  return aPod('web-1', {}, { metadata: { name: 'web-1', annotations: Object.fromEntries(prefixed) } });
};

const complete = {
  allocated: 'true',
  ip_address: '10.0.10.28',
  mac_address: '00:00:00:cc:00:02',
  cidr: '10.0.10.0/24',
  gateway: '10.0.10.1',
};

const anIp = (spec: Partial<IP['spec']> = {}): IP => ({
  apiVersion: 'kubeovn.io/v1',
  kind: 'IP',
  metadata: { name: 'web-1.shop' },
  spec: { subnet: 'blue', v4IpAddress: '10.0.10.28', macAddress: '00:00:00:cc:00:02', ...spec },
});

const networkOf = (annotations: Record<string, string>, record: IP | undefined = anIp()) => {
  const reading = readPodNetwork(annotated(annotations), record);
  if (reading.state !== 'ready') throw new Error(reading.message);
  return reading.network;
};

const exploit = '10.9.9.0/24 via 10.0.0.1 dev eth0\nnetns exec X touch /tmp/pwned\n#';

describe('a pod gets its network', () => {
  it('from the annotations of the VPC engine, and its address and MAC from what the controller keeps', () => {
    expect(networkOf({ ...complete, mac_address: '00:00:00:ff:ff:ff' })).toEqual({
      mac: '00:00:00:cc:00:02',
      mtu: 1400,
      routes: [],
      addresses: [{ ip: '10.0.10.28', prefixLength: 24, gateway: '10.0.10.1' }],
    });
  });

  it.each(['allocated', 'ip_address'])('not before %s is there', name => {
    expect(readPodNetwork(annotated({ ...complete, [name]: '' }), anIp())).toMatchObject({ state: 'waiting' });
  });

  it('not before the controller keeps its address, whatever its annotations say', () => {
    expect(readPodNetwork(annotated(complete), undefined)).toMatchObject({ state: 'waiting' });
    expect(readPodNetwork(annotated(complete), anIp({ v4IpAddress: '' }))).toMatchObject({ state: 'waiting' });
  });

  it('not with the address of another', () => {
    expect(readPodNetwork(annotated({ ...complete, ip_address: '10.0.10.29' }), anIp())).toEqual({
      state: 'waiting',
      message: 'annotation ovn.kubernetes.io/ip_address is 10.0.10.29, but IP web-1.shop keeps 10.0.10.28 for the pod',
    });
  });

  it.each([
    ['ip_address', exploit],
    ['cidr', exploit],
    ['cidr', '10.0.10.28/24'],
    ['gateway', '10.0.10.1\nnetns exec X touch /tmp/pwned'],
    ['mtu', '1400\nnetns exec X touch /tmp/pwned\n#'],
    ['mtu', '1e3'],
    ['mtu', '67'],
    ['mtu', '99999'],
    ['routes', exploit],
    ['routes', '{}'],
    ['routes', 'null'],
    ['routes', JSON.stringify([{ dst: exploit, gw: '10.0.10.254' }])],
    ['routes', JSON.stringify([{ dst: '10.9.9.0/24', gw: exploit }])],
    ['routes', JSON.stringify([{ dst: ['10.9.9.0/24'], gw: '10.0.10.254' }])],
    ['routes', JSON.stringify([{ dst: '10.9.9.0/24', gw: 'fd00::1' }])],
    ['routes', JSON.stringify(Array(65).fill({ dst: '10.9.9.0/24', gw: '10.0.10.254' }))],
  ])('never with %s %j: its owner reads which annotation is wrong', (name, value) => {
    expect(readPodNetwork(annotated({ ...complete, [name]: value }), anIp())).toEqual({
      state: 'refused',
      message: expect.stringContaining(`annotation ovn.kubernetes.io/${name}: `),
    });
  });

  it("never with a MAC that is none, even the controller's", () => {
    expect(readPodNetwork(annotated(complete), anIp({ macAddress: exploit }))).toMatchObject({ state: 'refused' });
  });

  it('in both families, whatever their order in each annotation', () => {
    const dual = {
      ...complete,
      ip_address: 'FD00:10:0::28,10.0.10.28',
      cidr: 'fd00:10::/64,10.0.10.0/24',
      gateway: '10.0.10.1,fd00:10::1',
      mtu: '1442',
      routes: '[{"dst":"192.168.0.0/16","gw":"10.0.10.254"},{"dst":"2001:db8::/32","gw":"fd00:10::254"}]',
    };
    const network = networkOf(dual, anIp({ v6IpAddress: 'fd00:10::28' }));
    expect(podLinkCommands(network)).toEqual([
      'link set lo up',
      'link set eth0 address 00:00:00:cc:00:02 up',
      'address add 10.0.10.28/24 dev eth0',
      'address add fd00:10::28/64 dev eth0 nodad',
      'route replace 192.168.0.0/16 via 10.0.10.254 dev eth0',
      'route replace 2001:db8::/32 via fd00:10::254 dev eth0',
      'route replace default via 10.0.10.1 dev eth0 onlink',
      'route replace default via fd00:10::1 dev eth0 onlink',
    ]);
    expect(network.mtu).toBe(1442);
  });

  it('under names that fit an interface', () => {
    const { netns, hostLink } = networkNames('c515e053-d892-4568-b2fa-712e25956827');
    expect([netns, hostLink]).toEqual(['pod-c515e053-d892-4568-b2fa-712e25956827', 'pc515e053d892']);
    expect(hostLink.length).toBeLessThanOrEqual(15);
  });
});
