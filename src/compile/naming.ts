import { createHash } from 'node:crypto';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** `length` characters that follow from `seed`, of Kubernetes' alphabet for generated names: no vowels, so no words. */
export const shortHash = (seed: string, length: number): string => {
  const digest = createHash('sha256').update(seed).digest();
  return Array.from(digest.subarray(0, length), byte => ALPHABET[byte % ALPHABET.length]).join('');
};

/** `{name}{suffix}`, or when that is too long, the name cut short with a hash of it in front of the suffix: two long names never meet. */
const fitting = (longest: number, name: string, suffix: string): string => {
  const whole = `${name}${suffix}`;
  if (whole.length <= longest) return whole;
  const hash = shortHash(name, 8);
  return `${name.slice(0, longest - suffix.length - hash.length - 1).replace(/[-.]+$/, '')}-${hash}${suffix}`;
};

/** The name of a Service or a Namespace made from another's: a DNS label, of at most 63 characters. */
export const labelName = (name: string, suffix: string): string => fitting(63, name, suffix);

/** The name of any other object made from another's: at most 253 characters. */
export const objectName = (name: string): string => fitting(253, name, '');
