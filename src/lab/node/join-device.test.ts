import { expect, it } from 'vitest';
import { joinAddressOf } from './join-device.ts';

const annotations = {
  'ovn.kubernetes.io/ip_address': '172.30.0.2',
  'ovn.kubernetes.io/mac_address': '00:00:00:dd:00:02',
  'ovn.kubernetes.io/gateway': '172.30.0.1',
  'ovn.kubernetes.io/cidr': '172.30.0.0/22',
};

it('reads where a node is on the join subnet', () => {
  const expected = { address: '172.30.0.2/22', mac: '00:00:00:dd:00:02', gateway: '172.30.0.1' };
  expect(joinAddressOf(annotations)).toEqual(expected);
});

it.each(Object.keys(annotations))('waits for the annotation %s', name => {
  expect(joinAddressOf({ ...annotations, [name]: '' })).toBeUndefined();
});
