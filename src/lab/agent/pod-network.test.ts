import { describe, expect, it } from 'vitest';
import { aPod } from '../cluster/fixtures.ts';
import { networkNames, podLinkCommands, readPodNetwork } from './pod-network.ts';

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

describe('a pod gets its network', () => {
  it('from the annotations of the VPC engine', () => {
    expect(readPodNetwork(annotated(complete))).toEqual({
      mac: '00:00:00:cc:00:02',
      mtu: 1400,
      routes: [],
      addresses: [{ ip: '10.0.10.28', prefixLength: 24, gateway: '10.0.10.1' }],
    });
  });

  it.each(['allocated', 'ip_address', 'mac_address'])('not before %s is there', name => {
    expect(readPodNetwork(annotated({ ...complete, [name]: '' }))).toBeUndefined();
  });

  it('in both families, whatever their order in each annotation', () => {
    const dual = {
      ...complete,
      ip_address: '10.0.10.28,fd00:10::28',
      cidr: 'fd00:10::/64,10.0.10.0/24',
      gateway: '10.0.10.1,fd00:10::1',
      mtu: '1442',
      routes: '[{"dst":"192.168.0.0/16","gw":"10.0.10.254"}]',
    };
    const network = readPodNetwork(annotated(dual));
    expect(network && podLinkCommands(network)).toEqual([
      'link set lo up',
      'link set eth0 address 00:00:00:cc:00:02 up',
      'address add 10.0.10.28/24 dev eth0',
      'address add fd00:10::28/64 dev eth0 nodad',
      'route replace 192.168.0.0/16 via 10.0.10.254 dev eth0',
      'route replace default via 10.0.10.1 dev eth0 onlink',
      '-6 route replace default via fd00:10::1 dev eth0 onlink',
    ]);
    expect(network?.mtu).toBe(1442);
  });

  it('under names that fit an interface', () => {
    const { netns, hostLink } = networkNames('c515e053-d892-4568-b2fa-712e25956827');
    expect([netns, hostLink]).toEqual(['pod-c515e053-d892-4568-b2fa-712e25956827', 'pc515e053d892']);
    expect(hostLink.length).toBeLessThanOrEqual(15);
  });
});
