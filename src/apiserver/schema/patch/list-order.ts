/** The order of a merged list: the patch's items as the patch orders them, the server's own where they stood before. */
import { deepEqual, isObject, own } from '../json.ts';
import type { JsonValue } from '../types.ts';
import { directives, PatchProblem, takeDirectives } from './directives.ts';

/** Items are the same when their merge keys are, or without merge key when they are equal. */
function indexIn(list: readonly JsonValue[], item: JsonValue, mergeKey: string | undefined): number {
  return list.findIndex(each => sameItem(each, item, mergeKey));
}

function sameItem(a: JsonValue, b: JsonValue, mergeKey: string | undefined): boolean {
  if (mergeKey === undefined || !isObject(a) || !isObject(b)) return deepEqual(a, b);
  const key = own(a, mergeKey);
  return key !== undefined && deepEqual(key, own(b, mergeKey));
}

/** Orders `merged`: items of `patchOrder` in that order, all others in `serverOrder`, woven together by `serverOrder`. */
export function ordered(
  merged: readonly JsonValue[],
  patchOrder: readonly JsonValue[],
  serverOrder: readonly JsonValue[],
  mergeKey: string | undefined,
): JsonValue[] {
  const rank = (order: readonly JsonValue[]) => (a: JsonValue, b: JsonValue) =>
    indexIn(order, a, mergeKey) - indexIn(order, b, mergeKey);
  const isPatched = (item: JsonValue) => indexIn(patchOrder, item, mergeKey) >= 0;
  const patched = merged.filter(isPatched).sort(rank(patchOrder));
  const server = merged.filter(item => !isPatched(item)).sort(rank(serverOrder));
  return weave(server, patched, item => indexIn(serverOrder, item, mergeKey));
}

/** A server item goes first only where both were on the server and it stood before. */
function weave(server: JsonValue[], patched: JsonValue[], rank: (item: JsonValue) => number): JsonValue[] {
  const woven: JsonValue[] = [];
  let next = 0;
  for (const item of patched) {
    while (next < server.length && precedes(rank(server[next] ?? null), rank(item))) woven.push(server[next++] ?? null);
    woven.push(item);
  }
  return [...woven, ...server.slice(next)];
}

const precedes = (left: number, right: number): boolean => left >= 0 && right >= 0 && left < right;

/** Applies `$setElementOrder`. The patch's own items must follow that order. */
export function enforceOrder(
  merged: readonly JsonValue[],
  order: readonly JsonValue[],
  original: readonly JsonValue[],
  patch: readonly JsonValue[],
  mergeKey: string | undefined,
): JsonValue[] {
  const kept = patch.filter(item => !isObject(item) || takeDirectives(item).directive === undefined);
  const places = kept.map(item => indexIn(order, item, mergeKey));
  if (places.some((place, i) => place < 0 || place < (places[i - 1] ?? 0))) {
    throw new PatchProblem(
      `The order in patch list:\n${JSON.stringify(patch)}\n doesn't match ${directives.setElementOrder} list:\n${JSON.stringify(order)}\n`,
    );
  }
  return ordered(merged, order, original, mergeKey);
}
