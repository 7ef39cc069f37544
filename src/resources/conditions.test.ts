import { describe, expect, it } from 'vitest';
import { findCondition, isReady, notReady, ready, setCondition } from './conditions.ts';

const before = '2026-01-01T00:00:00Z';
const now = '2026-01-01T00:01:00Z';

describe('setCondition', () => {
  it('dates a new condition', () => {
    expect(setCondition(undefined, ready('Programmed', 'all rows are in place', 3), now)).toEqual([
      {
        type: 'Ready',
        status: 'True',
        reason: 'Programmed',
        message: 'all rows are in place',
        observedGeneration: 3,
        lastTransitionTime: now,
      },
    ]);
  });

  it('keeps the date while the status stays, whatever reason and message do', () => {
    const first = setCondition([], notReady('NoAddress', 'the pool is full'), before);
    const second = setCondition(first, notReady('Waiting', 'one address is in quarantine'), now);
    expect(second).toMatchObject([{ reason: 'Waiting', lastTransitionTime: before }]);
    expect(setCondition(second, notReady('Waiting', 'one address is in quarantine'), now)).toEqual(second);
  });

  it('dates a change of status', () => {
    const first = setCondition([], notReady('NoAddress', 'the pool is full'), before);
    expect(setCondition(first, ready('Allocated', '100.65.0.102'), now)).toMatchObject([
      { status: 'True', lastTransitionTime: now },
    ]);
  });

  it('leaves the other conditions where they are, and does not touch what it was given', () => {
    const accepted = { ...ready('Accepted', ''), type: 'Accepted', lastTransitionTime: before };
    const given = [...setCondition([], notReady('A', 'a'), before), accepted];
    const copy = structuredClone(given);
    expect(setCondition(given, ready('B', 'b'), now).map(({ type }) => type)).toEqual(['Ready', 'Accepted']);
    expect(given).toEqual(copy);
  });
});

it('finds a condition and knows whether an object is ready', () => {
  const conditions = setCondition([], ready('A', 'a'), now);
  expect(findCondition(conditions, 'Ready')?.reason).toBe('A');
  expect(findCondition(conditions, 'Accepted')).toBeUndefined();
  expect(isReady({ status: { conditions } })).toBe(true);
  expect(isReady({ status: { conditions: setCondition(conditions, notReady('B', 'b'), now) } })).toBe(false);
  expect(isReady({})).toBe(false);
});
