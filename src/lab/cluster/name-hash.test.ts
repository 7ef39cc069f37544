import { describe, expect, it } from 'vitest';
import { canonicalJson, nameHash, randomSuffix, suffixedName } from './name-hash.ts';

describe('names', () => {
  it('hash equal values alike, whatever the order of their keys', () => {
    expect(nameHash({ a: 1, b: { c: 2, d: 3 } })).toBe(nameHash({ b: { d: 3, c: 2 }, a: 1 }));
    expect(nameHash({ a: 1 })).not.toBe(nameHash({ a: 2 }));
    expect(canonicalJson({ b: undefined, a: [2, 1] })).toBe('{"a":[2,1]}');
  });

  it('use letters a DNS label may hold', () => {
    expect(nameHash('anything')).toMatch(/^[a-z0-9]{1,10}$/);
    expect(randomSuffix(() => 0.999)).toBe('99999');
    expect(randomSuffix(() => 0)).toBe('bbbbb');
  });

  it('fit 63 characters without ending the base in a dash', () => {
    expect(suffixedName('web', 'abcde')).toBe('web-abcde');
    const long = `${'x'.repeat(56)}-${'y'.repeat(20)}`;
    expect(suffixedName(long, 'abcde')).toBe(`${'x'.repeat(56)}-abcde`);
    expect(suffixedName('z'.repeat(90), 'abcde')).toHaveLength(63);
  });
});
