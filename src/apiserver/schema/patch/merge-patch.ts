import { isObject, own, put } from '../json.ts';
import type { JsonObject, JsonValue } from '../types.ts';

/** JSON merge patch, RFC 7386: null deletes, objects merge, all else replaces. Neither argument is changed. */
export function mergePatch(target: JsonValue, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else put(merged, key, mergePatch(own(merged, key) ?? null, value));
  }
  return merged;
}
