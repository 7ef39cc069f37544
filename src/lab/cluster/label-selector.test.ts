import { describe, expect, it } from 'vitest';
import { matchesLabels, matchesSelector, meetsRequirement, selectorMistake } from './label-selector.ts';

const labels = { app: 'web', tier: 'front', cpus: '8' };

describe('a requirement', () => {
  it.each([
    ['In', 'app', ['web', 'api'], true],
    ['In', 'app', ['api'], false],
    ['In', 'absent', ['web'], false],
    ['NotIn', 'app', ['api'], true],
    ['NotIn', 'app', ['web'], false],
    ['NotIn', 'absent', ['web'], true],
    ['Exists', 'app', undefined, true],
    ['Exists', 'absent', undefined, false],
    ['DoesNotExist', 'app', undefined, false],
    ['DoesNotExist', 'absent', undefined, true],
    ['Gt', 'cpus', ['4'], true],
    ['Gt', 'cpus', ['8'], false],
    ['Lt', 'cpus', ['9'], true],
    ['Lt', 'absent', ['9'], false],
    ['Invented', 'app', ['web'], false],
  ])('%s %s %j → %s', (operator, key, values, expected) => {
    expect(meetsRequirement({ key, operator, ...(values ? { values } : {}) }, labels)).toBe(expected);
  });
});

describe('a selector', () => {
  it('needs every pair and every expression', () => {
    const matchExpressions = [{ key: 'tier', operator: 'Exists' }];
    expect(matchesSelector({ matchLabels: { app: 'web' }, matchExpressions }, labels)).toBe(true);
    expect(matchesSelector({ matchLabels: { app: 'api' }, matchExpressions }, labels)).toBe(false);
    expect(matchesSelector({ matchLabels: { app: 'web' }, matchExpressions }, { app: 'web' })).toBe(false);
  });

  it('matches everything when it is empty', () => {
    expect(matchesSelector({}, undefined)).toBe(true);
    expect(matchesLabels({ app: 'web' }, undefined)).toBe(false);
  });
});

describe('a selector and the template of its pods', () => {
  const template = { metadata: { labels }, spec: { containers: [] } };
  it.each([
    ['may be', { matchLabels: { app: 'web' } }, undefined],
    ['do not match', { matchLabels: { app: 'api' } }, expect.stringContaining('does not match')],
    [
      'are not found by their expressions',
      { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
      expect.any(String),
    ],
    ['match only because the selector is empty', {}, expect.stringContaining('every pod')],
  ])('%s', (_, selector, mistake) => {
    expect(selectorMistake({ selector, template })).toEqual(mistake);
  });
});
