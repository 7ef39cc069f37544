import type { Operation, Piece } from './piece.ts';

/**
 * The operations that turn `observed` into `desired`, and no more: empty when they are equal.
 * Creates and updates come in the order of `desired`, deletes after them in reverse order of `observed`.
 * A second observed piece with the key of another is surplus (somebody copied a row) and is deleted.
 *
 * @param changes what differs between a desired and an observed value, or undefined when nothing does
 * @throws Error when `desired` names a key twice: a bug in a compiler
 */
export const diff = <D, O, C>(
  desired: readonly Piece<D>[],
  observed: readonly Piece<O>[],
  changes: (desired: D, observed: O) => C | undefined,
): Operation<D, O, C>[] => {
  const surplus = new Set(observed);
  const held = new Map<string, Piece<O>>();
  for (const piece of observed) if (!held.has(piece.key)) held.set(piece.key, piece);

  const operations: Operation<D, O, C>[] = [];
  const seen = new Set<string>();
  for (const { key, value } of desired) {
    if (seen.has(key)) throw new Error(`two desired pieces have the key ${key}`);
    seen.add(key);
    const match = held.get(key);
    if (!match) {
      operations.push({ kind: 'create', key, desired: value });
      continue;
    }
    surplus.delete(match);
    const changed = changes(value, match.value);
    if (changed !== undefined) {
      operations.push({ kind: 'update', key, desired: value, observed: match.value, changes: changed });
    }
  }
  for (const { key, value } of [...surplus].reverse()) operations.push({ kind: 'delete', key, observed: value });
  return operations;
};
