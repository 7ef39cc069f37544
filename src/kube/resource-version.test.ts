import { describe, expect, it } from 'vitest';
import { isLater } from './resource-version.ts';

describe('isLater', () => {
  it.each([
    ['10', '9', true],
    ['9', '10', false],
    ['7', '7', false],
    ['18446744073709551616', '18446744073709551615', true],
    ['5', undefined, true],
    [undefined, undefined, false],
    // Not numbers: the order of arrival decides.
    ['b', 'a', true],
    ['a', 'b', true],
    ['a', 'a', false],
    ['010', '9', true],
  ])('%s after %s: %s', (version, held, expected) => {
    expect(isLater(version, held)).toBe(expected);
  });
});
