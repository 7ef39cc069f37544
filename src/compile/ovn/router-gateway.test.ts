import { expect, it } from 'vitest';
import { chassisOrder } from './router-gateway.ts';

const chassis = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];
const vpcs = Array.from({ length: 400 }, (_, index) => `vpc-${index}`);
const best = (vpc: string, of: readonly string[]): string | undefined => chassisOrder(vpc, of)[0];

it('does not depend on the order in which chassis are given', () => {
  expect(chassisOrder('shalb-demo', chassis.toReversed())).toEqual(chassisOrder('shalb-demo', chassis));
});

it('spreads VPCs over chassis', () => {
  for (const name of chassis) {
    const hosted = vpcs.filter(vpc => best(vpc, chassis) === name).length;
    expect(hosted).toBeGreaterThan(60);
  }
});

it('moves only what a chassis that goes has hosted, to the next in order', () => {
  const left = chassis.filter(name => name !== 'worker-2');
  for (const vpc of vpcs) {
    const [first, second] = chassisOrder(vpc, chassis);
    expect(best(vpc, left)).toBe(first === 'worker-2' ? second : first);
  }
});
