/** The directives of strategic merge patches: keys that start with `$` and say how to merge. */
import { isObject, put } from '../json.ts';
import type { JsonObject, JsonValue } from '../types.ts';

export const directives = {
  patch: '$patch',
  retainKeys: '$retainKeys',
  deleteFromPrimitiveList: '$deleteFromPrimitiveList/',
  setElementOrder: '$setElementOrder/',
} as const;

/** The patch is malformed. Thrown inside this folder only. */
export class PatchProblem extends Error {
  override name = 'PatchProblem';
}

export interface Directives {
  /** What `$patch` says; absent: merge. */
  directive?: 'delete' | 'replace';
  retained?: readonly JsonValue[];
  /** List field → the order of its items. */
  orders: Map<string, readonly JsonValue[]>;
  /** List field → the values to take out. */
  deletions: Map<string, readonly JsonValue[]>;
  /** The rest of the map. */
  fields: JsonObject;
}

export function takeDirectives(map: JsonObject): Directives {
  const taken: Directives = { orders: new Map(), deletions: new Map(), fields: {} };
  for (const [key, value] of Object.entries(map)) {
    if (key === directives.patch) Object.assign(taken, patchDirective(value, map));
    else if (key === directives.retainKeys) taken.retained = listOf(key, value);
    else if (key.startsWith(directives.setElementOrder)) taken.orders.set(listField(key), listOf(key, value));
    else if (key.startsWith(directives.deleteFromPrimitiveList))
      taken.deletions.set(listField(key), listOf(key, value));
    else put(taken.fields, key, value);
  }
  return taken;
}

function patchDirective(value: JsonValue, map: JsonObject): Pick<Directives, 'directive'> {
  if (value === 'delete' || value === 'replace') return { directive: value };
  if (value === 'merge') return {};
  throw new PatchProblem(`unknown patch type: ${JSON.stringify(value)} in map: ${JSON.stringify(map)}`);
}

/** `$setElementOrder/finalizers` → `finalizers` */
const listField = (key: string): string => key.slice(key.indexOf('/') + 1);

function listOf(key: string, value: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(value)) throw new PatchProblem(`${key} must be a list`);
  return value;
}

/** A value of the patch as it is stored where there was none: without nulls and directives. Undefined where `$patch: delete` says so. */
export function plain(value: JsonValue): JsonValue | undefined {
  if (Array.isArray(value)) return value.map(plain).filter(item => item !== undefined);
  if (!isObject(value)) return value;
  const { directive, fields } = takeDirectives(value);
  if (directive === 'delete') return undefined;
  const kept: JsonObject = {};
  for (const [key, field] of Object.entries(fields)) {
    const stored = field === null ? undefined : plain(field);
    if (stored !== undefined) put(kept, key, stored);
  }
  return kept;
}
