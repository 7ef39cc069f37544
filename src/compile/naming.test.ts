import fc from 'fast-check';
import { expect, it } from 'vitest';
import { labelName, objectName, shortHash } from './naming.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);

it.each(['-ext', '-backend'])('any Service has a valid name with %s, and no two have the same', suffix => {
  fc.assert(
    fc.property(label, label, (one, other) => {
      const name = labelName(one, suffix);
      expect(name).toMatch(LABEL);
      expect(name.length).toBeLessThanOrEqual(63);
      expect(name.endsWith(suffix)).toBe(true);
      expect(labelName(other, suffix) === name).toBe(one === other);
    }),
  );
});

it('keeps two names apart that are the same where they are cut', () => {
  const long = 'n'.repeat(62);
  expect(labelName(`${long}1`, '-ext')).not.toBe(labelName(`${long}2`, '-ext'));
  expect(objectName(`${'n'.repeat(260)}1`)).not.toBe(objectName(`${'n'.repeat(260)}2`));
});

it.each([
  [59, 'as it is'],
  [60, 'cut'],
])('a name of %i characters is %s', (length, how) => {
  expect(labelName('n'.repeat(length), '-ext') === `${'n'.repeat(length)}-ext`).toBe(how === 'as it is');
});

it('never ends in front of a hyphen or dot', () => {
  expect(labelName(`${'n'.repeat(49)}-.-${'n'.repeat(11)}`, '-ext')).toMatch(/^n+-[b-z2-9]{8}-ext$/);
});

it('hashes to as many characters as asked for, none of which makes words', () => {
  expect(shortHash('seed', 5)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(shortHash('seed', 5)).toBe(shortHash('seed', 5));
});
