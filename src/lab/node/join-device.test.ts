import { expect, it } from 'vitest';
import { joinAddressOf } from './join-device.ts';

const annotations = {
  'ovn.kubernetes.io/ip_address': '172.30.0.2',
  'ovn.kubernetes.io/mac_address': '00:00:00:dd:00:02',
  'ovn.kubernetes.io/gateway': '172.30.0.1',
  'ovn.kubernetes.io/cidr': '172.30.0.0/22',
};

it('reads where a node is on the join subnet', () => {
  const expected = {
    address: '172.30.0.2',
    network: '172.30.0.0/22',
    mac: '00:00:00:dd:00:02',
    gateway: '172.30.0.1',
  };
  expect(joinAddressOf(annotations)).toEqual({ ok: true, value: expected });
});

it.each(Object.keys(annotations))('waits for the annotation %s', name => {
  expect(joinAddressOf({ ...annotations, [name]: '' })).toBeUndefined();
});

it.each(Object.keys(annotations))('refuses what the annotation %s cannot be', name => {
  const broken = '172.30.0.9\nnetns exec X touch /tmp/pwned\n#';
  expect(joinAddressOf({ ...annotations, [name]: broken })).toMatchObject({
    ok: false,
    error: expect.stringContaining(`annotation ${name}: `),
  });
});
