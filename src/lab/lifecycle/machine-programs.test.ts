import { expect, it } from 'vitest';
import { type Runs, runsAt, unsteadyOf } from './machine-programs.ts';

const seen = (...pids: readonly number[]): string[] => {
  let runs: Runs = new Map();
  for (const [index, pid] of pids.entries()) runs = runsAt(runs, [{ name: 'internet/web', pid }], index * 600);
  return unsteadyOf(runs, ['internet/web'], (pids.length - 1) * 600);
};

it.each([
  ['has run for a moment', [7, 7, 7], []],
  ['has only just been started', [7], ['internet/web']],
  ['is another process each time', [7, 8, 9], ['internet/web']],
  ['does not run now', [7, 7, 7, 0], ['internet/web']],
  ['is long waited for', [0, 0, 0, 0], ['internet/web']],
])('a program that %s', (_, pids, unsteady) => {
  expect(seen(...pids)).toEqual(unsteady);
});
