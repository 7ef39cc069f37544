import type { Environment } from '@marcbachmann/cel-js';

const suffixes: Readonly<Record<string, readonly [base: bigint, exponent: number]>> = {
  n: [10n, -9],
  u: [10n, -6],
  m: [10n, -3],
  '': [10n, 0],
  k: [10n, 3],
  M: [10n, 6],
  G: [10n, 9],
  T: [10n, 12],
  P: [10n, 15],
  E: [10n, 18],
  Ki: [2n, 10],
  Mi: [2n, 20],
  Gi: [2n, 30],
  Ti: [2n, 40],
  Pi: [2n, 50],
  Ei: [2n, 60],
};

const nano = 10n ** 9n;

/** An exact amount, counted in billionths, which is also the resolution of Kubernetes' quantities. */
class Quantity {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** Parses `1500m`, `2Gi`, `1e3`. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const parseQuantity = (text: string): Quantity => {
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3})|(n|u|m|k|Ki|[MGTPE]i?|))$/.exec(text);
  if (!match)
    throw new Error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  const [, sign, digits = '', exponent, suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const [base, power] = exponent === undefined ? (suffixes[suffix] ?? [10n, 0]) : [10n, Number(exponent)];
  const mantissa = BigInt(whole + fraction) * nano;
  const raised = power >= 0 ? mantissa * base ** BigInt(power) : ceilDivide(mantissa, base ** BigInt(-power));
  const nanos = ceilDivide(raised, 10n ** BigInt(fraction.length));
  return new Quantity(sign === '-' ? -nanos : nanos);
};

/** What is finer than a billionth is rounded up, away from zero. */
const ceilDivide = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;

const isQuantity = (text: string): boolean => {
  try {
    parseQuantity(text);
    return true;
  } catch {
    return false;
  }
};

const compare = (a: Quantity, b: Quantity): bigint => (a.nanos < b.nanos ? -1n : a.nanos > b.nanos ? 1n : 0n);

const toInteger = ({ nanos }: Quantity): bigint => {
  if (nanos % nano !== 0n) throw new Error('cannot convert value to integer');
  return nanos / nano;
};

/** Kubernetes' quantity library. */
export const registerQuantity = (environment: Environment): void => {
  environment
    .registerType('Quantity', Quantity)
    .registerFunction('quantity(string): Quantity', parseQuantity)
    .registerFunction('isQuantity(string): bool', isQuantity)
    .registerFunction('Quantity.compareTo(Quantity): int', compare)
    .registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nanos > b.nanos)
    .registerFunction('Quantity.isLessThan(Quantity): bool', (a: Quantity, b: Quantity) => a.nanos < b.nanos)
    .registerFunction('Quantity.add(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nanos + b.nanos))
    .registerFunction('Quantity.sub(Quantity): Quantity', (a: Quantity, b: Quantity) => new Quantity(a.nanos - b.nanos))
    .registerFunction('Quantity.sign(): int', ({ nanos }: Quantity) => (nanos < 0n ? -1n : nanos > 0n ? 1n : 0n))
    .registerFunction('Quantity.isInteger(): bool', ({ nanos }: Quantity) => nanos % nano === 0n)
    .registerFunction('Quantity.asInteger(): int', toInteger)
    .registerFunction('Quantity.asApproximateFloat(): double', ({ nanos }: Quantity) => Number(nanos) / Number(nano))
    .registerOperator('Quantity == Quantity', (a: Quantity, b: Quantity) => a.nanos === b.nanos);
};
