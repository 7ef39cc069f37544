import { describe, expect, it } from 'vitest';
import { afterResult, probeTiming, unprobed } from './probe-state.ts';

const verdicts = (results: string, probe: { successThreshold?: number; failureThreshold?: number } = {}) => {
  let state = unprobed;
  return [...results]
    .map(result => {
      state = afterResult(state, result === '+', probe);
      return state.verdict === undefined ? '?' : state.verdict ? '+' : '-';
    })
    .join('');
};

describe('a probe turns', () => {
  it.each([
    ['by default to good at once and to bad after three', '+--+---+', {}, '++++++-+'],
    ['from nothing only at a threshold', '--+', {}, '??+'],
    ['when enough of a kind came in a row', '++-+++-', { successThreshold: 3, failureThreshold: 1 }, '??---+-'],
    ['never while results alternate', '+-+-+-', { successThreshold: 2, failureThreshold: 2 }, '??????'],
  ])('%s', (_, results, probe, expected) => {
    expect(verdicts(results, probe)).toBe(expected);
  });

  it('has the defaults of the API', () => {
    expect(probeTiming({})).toEqual({
      initialDelayMs: 0,
      periodMs: 10_000,
      timeoutMs: 1000,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });
});
