import { expect, it } from 'vitest';
import { TestClock } from '../../test/clock/test-clock.ts';
import { Engine } from './engine.ts';
import { done, type Outcome, ownerOf, rejected, waiting } from './piece.ts';

const web = ownerOf('Service', 'demo/web');
const other = ownerOf('Service', 'demo/other');

/** An engine whose owners read what the table says and end as it says. */
const engineOf = (reads: Map<string, readonly string[]>, outcome: (owner: string) => Outcome = () => done) => {
  const reconciled: string[] = [];
  const bugs: string[] = [];
  const engine = new Engine({
    clock: new TestClock(),
    concurrency: 1,
    prepare: (owner, read) => {
      reconciled.push(owner);
      for (const signal of reads.get(owner) ?? []) read(signal);
      return async () => outcome(owner);
    },
    onOutcome: (_, __, bug) => bug && bugs.push(bug.message),
  });
  return { engine, reconciled, bugs };
};

it('wakes the owners that read what changed, and no others', async () => {
  const { engine, reconciled } = engineOf(
    new Map([
      [web, ['EIp/a']],
      [other, ['EIp/b']],
    ]),
  );
  for (const owner of [web, other]) engine.enqueue(owner);
  await engine.idle();
  engine.signal('EIp/a');
  await engine.idle();
  expect(reconciled).toEqual([web, other, web]);
});

it('forgets what an owner does not read any more', async () => {
  const reads = new Map([[web as string, ['EIp/a']]]);
  const { engine, reconciled } = engineOf(reads);
  engine.enqueue(web);
  await engine.idle();
  reads.set(web, ['EIp/b']);
  engine.signal('EIp/a');
  await engine.idle();
  engine.signal('EIp/a');
  await engine.idle();
  expect(reconciled.length).toBe(2);
});

it('parks an owner on what it waits for', async () => {
  let there = false;
  const { engine, reconciled } = engineOf(new Map(), () => (there ? done : waiting(['row of a router'], 'waits')));
  engine.enqueue(web);
  await engine.idle();
  there = true;
  engine.signal('row of a router');
  await engine.idle();
  engine.signal('row of a router');
  await engine.idle();
  expect(reconciled.length).toBe(2);
});

it('reports a compiler that throws as a bug, and reconciles the others', async () => {
  const { engine, reconciled, bugs } = engineOf(new Map(), owner => {
    if (owner === web) throw new Error('cannot happen');
    return done;
  });
  engine.enqueue(web);
  engine.enqueue(other);
  await engine.idle();
  expect(reconciled).toEqual([web, other]);
  expect(bugs).toEqual(['cannot happen']);
  expect(engine.failing).toBe(1);
});

it('is not left waiting for what happened while it was committing', async () => {
  let attempts = 0;
  const engine: Engine = new Engine({
    clock: new TestClock(),
    concurrency: 1,
    prepare: () => async () => {
      attempts += 1;
      if (attempts > 1) return done;
      engine.signal('row Router');
      return waiting(['row Router'], 'the row came in between');
    },
  });
  engine.enqueue(web);
  await engine.idle();
  expect(attempts).toBe(2);
});

it('tries what was rejected again when what was in its way goes', async () => {
  const { engine, reconciled } = engineOf(new Map(), () =>
    rejected('NameTaken', 'somebody else has it', ['Service/x']),
  );
  engine.enqueue(web);
  await engine.idle();
  engine.signal('Service/x');
  await engine.idle();
  expect(reconciled).toEqual([web, web]);
});
