/** Short, stable suffixes for names, in the alphabet Kubernetes uses for them (no vowels, so no words). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/): what Kubernetes hashes pod templates with. */
const fnv1a = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
};

/** JSON with sorted keys, so that equal values have equal text. Undefined members are left out. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

/** Up to ten characters such as `7c5ddbdf54`, the same for equal values. */
export const nameHash = (value: unknown): string =>
  [...String(fnv1a(canonicalJson(value)))].map(digit => alphabet[Number(digit)]).join('');

/** Five characters such as `x7k2p`; `random` returns a number in [0, 1). */
export const randomSuffix = (random: () => number): string =>
  Array.from({ length: 5 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');

/** `base-suffix`, with the base cut so that the whole fits a DNS label of 63 characters. */
export const suffixedName = (base: string, suffix: string): string =>
  `${base.slice(0, 62 - suffix.length).replace(/[-.]+$/, '')}-${suffix}`;
