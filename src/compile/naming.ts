import { createHash } from 'node:crypto';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** `length` characters that follow from `seed`, of Kubernetes' alphabet for generated names: no vowels, so no words. */
export const shortHash = (seed: string, length: number): string => {
  const digest = createHash('sha256').update(seed).digest();
  return Array.from(digest.subarray(0, length), byte => ALPHABET[byte % ALPHABET.length]).join('');
};

/**
 * `{name}{suffix}`, or when that is longer than a DNS label may be (63), the name cut short with a hash of it in front of the suffix,
 * so that two long names never meet.
 */
export const labelName = (name: string, suffix: string): string => {
  const whole = `${name}${suffix}`;
  if (whole.length <= 63) return whole;
  const hash = shortHash(name, 8);
  return `${name.slice(0, 63 - suffix.length - hash.length - 1).replace(/[-.]+$/, '')}-${hash}${suffix}`;
};
