import { expect, it } from 'vitest';
import { atLeast, atMost, isMet, type Measurement, quantity, ratioOf } from '../../../bench/measure/measurement.ts';
import { growthExponent, percentile } from '../../../bench/measure/statistics.ts';
import { formatNumber } from '../../../bench/report/format.ts';

const measured: Measurement = {
  work: 'work',
  ours: quantity(3, 'ms'),
  against: { what: 'limit', quantity: quantity(2, 'ms') },
};

it('holds the ratio, or ours itself, against the goal', () => {
  expect(ratioOf(measured)).toBe(1.5);
  expect(isMet({ ...measured, goal: atMost(1.5) })).toBe(true);
  expect(isMet({ ...measured, goal: atMost(1.4) })).toBe(false);
  expect(isMet({ ...measured, goal: atLeast(1.6) })).toBe(false);
  expect(isMet({ ...measured, goal: atMost(2, 'ours') })).toBe(false);
  expect(isMet(measured)).toBeUndefined();
});

it('refuses to compare different units', () => {
  const against = { what: 'limit', quantity: quantity(2, 's') };
  expect(() => ratioOf({ ...measured, against })).toThrow('cannot be compared');
});

it('takes percentiles that were measured', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect(percentile(values, 0.5)).toBe(100);
  expect(percentile(values, 0.99)).toBe(198);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

it.each([
  ['flat', [5, 5, 5], 0],
  ['linear', [1, 10, 100], 1],
  ['quadratic', [1, 100, 10_000], 2],
] as const)('finds the exponent of %s growth', (_name, costs, exponent) => {
  const points = costs.map((cost, index) => [10 ** index, cost] as const);
  expect(growthExponent(points)).toBeCloseTo(exponent, 6);
});

it.each([
  [1234.5, '1,235'],
  [12.345, '12.3'],
  [0.0456, '0.046'],
  [0, '0'],
])('writes %d as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});
