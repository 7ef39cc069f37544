import { expect, it } from 'vitest';
import type { Ip } from '../../net/ip.ts';
import type { ServicePort } from '../../resources/builtin/core.ts';
import type { Endpoint, EndpointSlice } from '../../resources/builtin/discovery.ts';
import { backendsOf, readEndpoints, tooManyEndpoints } from './endpoints.ts';

const portsOf = (count: number): ServicePort[] =>
  Array.from({ length: count }, (_, index) => ({ name: `p${index}`, port: 1 + index }));

const sliceOf = (endpoints: Endpoint[], ports: EndpointSlice['ports'] = portsOf(2)): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { namespace: 'demo', name: 'web' },
  addressType: 'IPv4',
  ports,
  endpoints,
});

it('reads an address once, however many ports are offered on it', () => {
  const asked: Ip[] = [];
  const ports = portsOf(100);
  const slice = sliceOf([{ addresses: ['10.0.0.1', '10.0.0.2'] }, { addresses: ['10.0.0.3'] }], ports);
  const endpoints = readEndpoints([slice, slice], address => asked.push(address) > 0);
  expect(ports.flatMap(port => backendsOf(port, endpoints))).toHaveLength(300);
  expect(asked).toHaveLength(6);
});

it('takes the first of two ports with one name, and none without a number', () => {
  const twice = sliceOf(
    [{ addresses: ['10.0.0.1'] }],
    [{ name: 'p0', port: 1 }, { name: 'p0', port: 2 }, { name: 'p1' }],
  );
  const endpoints = readEndpoints([twice], () => true);
  expect(portsOf(2).map(port => backendsOf(port, endpoints))).toEqual([[{ address: '10.0.0.1', port: 1 }], []]);
});

/** An address of it that is read throws. */
const unreadable = (addresses: number): Endpoint[] => [{ addresses: new Array(addresses) }];

it.each([
  ['as many backends as are possible', 2, 10_000, undefined],
  ['too many backends', 3, 6_667, /has 3 ports with 20001 backends together, and 20000/],
  ['too many addresses', 1, 10_001, /has 10001 endpoint addresses, and 10000/],
])('counts without reading: %s', (_, ports, addresses, message) => {
  const problem = tooManyEndpoints(portsOf(ports), [sliceOf(unreadable(addresses), portsOf(ports))]);
  if (message) expect(problem).toMatch(message);
  else expect(problem).toBeUndefined();
});

it('counts only what a port is offered on', () => {
  const slices = portsOf(30).map(port => sliceOf(unreadable(300), [port]));
  expect(tooManyEndpoints(portsOf(30), slices)).toBeUndefined();
});
