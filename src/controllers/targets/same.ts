/** Comparing what is wanted with what a server holds. */

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether `held` says all that `wanted` says: records may hold more (a server's defaults, other managers' fields), lists have the same
 * length and order.
 */
export const covers = (held: unknown, wanted: unknown): boolean => {
  if (Array.isArray(wanted))
    return (
      Array.isArray(held) && held.length === wanted.length && wanted.every((item, index) => covers(held[index], item))
    );
  if (!isRecord(wanted)) return held === wanted;
  return isRecord(held) && Object.entries(wanted).every(([key, value]) => covers(held[key], value));
};

/** Equal in every field, whatever the order of keys; undefined is absent. */
export const same = (a: unknown, b: unknown): boolean => {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(key => same(a[key], b[key]));
};
