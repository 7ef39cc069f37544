import { expect, it } from 'vitest';
import { both, done, type Outcome, ownerOf, rejected, retry, splitOwner, waiting } from './piece.ts';

it('reads an owner back as it was written', () => {
  expect(splitOwner(ownerOf('Service', 'demo/web'))).toEqual({ kind: 'Service', key: 'demo/web' });
  expect(splitOwner(ownerOf('Vpc', 'blue'))).toEqual({ kind: 'Vpc', key: 'blue' });
});

const parked = waiting(['row Router'], 'waits for a row');
const parkedFor = (afterMs: number): Outcome => ({
  kind: 'waiting',
  on: ['row Router'],
  message: 'waits for a row',
  afterMs,
});
const taken = rejected('NameTaken', 'somebody else has it', ['Service/x']);
const cut = retry('cut');

const cases: readonly [string, Outcome, Outcome, Outcome][] = [
  ['nothing is left to do', done, done, done],
  ['one half waits', done, parked, parked],
  ['one half is to be tried again: the other is, too', taken, cut, cut],
  [
    'what is wrong is said, and both wake',
    parked,
    taken,
    rejected('NameTaken', 'somebody else has it', ['Service/x', 'row Router']),
  ],
  ['the earlier time counts, whoever said it', parkedFor(900), { kind: 'requeue', afterMs: 100 }, parkedFor(100)],
  ['a time is kept by what is worse', parked, { kind: 'requeue', afterMs: 100 }, parkedFor(100)],
  ['both wait for something', parked, waiting(['northd'], 'x'), waiting(['row Router', 'northd'], 'waits for a row')],
];

it.each(cases)('%s', (_, a, b, expected) => {
  expect(both(a, b)).toEqual(expected);
  expect(both(b, a).kind).toBe(expected.kind);
});
