import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '@marcbachmann/cel-js';

type Comparable = bigint | number | string;

/** Kubernetes' list library and cel-go's sets. */
export const registerCollections = (environment: Environment): void => {
  environment
    .registerFunction('list.isSorted(): bool', (list: Comparable[]) =>
      list.every((item, at) => at === 0 || (list[at - 1] ?? item) <= item),
    )
    .registerFunction('list.sum(): dyn', (list: (bigint | number)[]) => sum(list))
    .registerFunction('list.min(): dyn', (list: Comparable[]) => list.toSorted(order)[0])
    .registerFunction('list.max(): dyn', (list: Comparable[]) => list.toSorted(order).at(-1))
    .registerFunction('list.indexOf(dyn): int', (list: unknown[], wanted: unknown) => BigInt(find(list, wanted)))
    .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], wanted: unknown) =>
      BigInt(list.findLastIndex(item => isDeepStrictEqual(item, wanted))),
    )
    .registerFunction('list.isUnique(): bool', (list: unknown[]) => list.every((item, at) => find(list, item) === at))
    .registerConstant('sets', 'dyn', new Sets())
    .registerType('Sets', Sets)
    .registerFunction('Sets.contains(list, list): bool', (_: Sets, all: unknown[], some: unknown[]) =>
      contains(all, some),
    )
    .registerFunction(
      'Sets.equivalent(list, list): bool',
      (_: Sets, a: unknown[], b: unknown[]) => contains(a, b) && contains(b, a),
    )
    .registerFunction('Sets.intersects(list, list): bool', (_: Sets, a: unknown[], b: unknown[]) =>
      a.some(item => find(b, item) >= 0),
    );
};

const order = (a: Comparable, b: Comparable): number => (a < b ? -1 : a > b ? 1 : 0);

/** What `sets` in `sets.contains(a, b)` stands for. */
class Sets {}

const find = (list: readonly unknown[], wanted: unknown): number =>
  list.findIndex(item => isDeepStrictEqual(item, wanted));

const contains = (all: readonly unknown[], some: readonly unknown[]): boolean =>
  some.every(item => find(all, item) >= 0);

const sum = (list: readonly (bigint | number)[]): bigint | number =>
  list.some(item => typeof item === 'number')
    ? list.reduce<number>((total, item) => total + Number(item), 0)
    : list.reduce<bigint>((total, item) => total + BigInt(item), 0n);
