/** What every target of the engine guarantees (src/converge/piece.ts), tried on one in its world: a real server. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { done, type Outcome, type Owner, ownerOf } from '../../../src/converge/piece.ts';
import { until } from '../../until.ts';

/** Pieces by key, each with one field, which may be left out. */
export type Wanted = Readonly<Record<string, { readonly value?: string }>>;

/** A target and its server, in whose terms a piece is a named thing with one field. The name is `{owner}-{key}`. */
export interface TargetWorld extends AsyncDisposable {
  commit(owner: Owner, wanted: Wanted): Promise<Outcome>;
  owners(): Iterable<Owner>;
  onDrift(listener: (owner: Owner) => void): () => void;
  /** What the server holds, by name, whoever made it. */
  contents(): Promise<Readonly<Record<string, string | undefined>>>;
  /** Write operations that the target has put on the wire. */
  writes(): number;
  /** Somebody else makes, edits and removes things. */
  make(name: string, value: string): Promise<void>;
  edit(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** How long a drift may go unnoticed, in ms. */
const DRIFT_MS = 1_000;

export const describeTarget = (start: () => Promise<TargetWorld>): void => {
  describe('as any target', () => {
    let world: TargetWorld;
    let names = 0;
    /** An owner of its own for each test. */
    const newOwner = (): Owner => ownerOf('Test', `owner${names++}`);
    const nameOf = (owner: Owner, key: string): string => `${owner.slice('Test/'.length)}-${key}`;
    const contentsOf = async (owner: Owner): Promise<unknown> => {
      const prefix = nameOf(owner, '');
      const all = Object.entries(await world.contents());
      return Object.fromEntries(
        all.flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])),
      );
    };
    /** The number of writes that an action takes. */
    const writesOf = async (action: () => Promise<unknown>): Promise<number> => {
      const before = world.writes();
      await action();
      return world.writes() - before;
    };
    /** Whose pieces are told of as drifted while an action goes on. */
    const driftOf = async (owner: Owner, action: () => Promise<unknown>): Promise<void> => {
      const drifted = new Set<Owner>();
      const stop = world.onDrift(each => drifted.add(each));
      await action();
      await until(`drift of ${owner} is told`, () => drifted.has(owner), DRIFT_MS);
      stop();
    };

    beforeAll(async () => {
      world = await start();
    });
    afterAll(() => world?.[Symbol.asyncDispose]());

    it('makes what is wanted', async () => {
      const owner = newOwner();
      expect(await world.commit(owner, { a: { value: '10.0.0.1' }, b: { value: '10.0.0.2' } })).toEqual(done);
      expect(await contentsOf(owner)).toEqual({ a: '10.0.0.1', b: '10.0.0.2' });
    });

    it('sends nothing for what is held already', async () => {
      const owner = newOwner();
      const wanted = { a: { value: '10.0.0.1' }, b: {} };
      await world.commit(owner, wanted);
      expect(await writesOf(async () => expect(await world.commit(owner, wanted)).toEqual(done))).toBe(0);
    });

    it('writes only what differs', async () => {
      const owner = newOwner();
      await world.commit(owner, { a: { value: '10.0.0.1' }, b: { value: '10.0.0.2' }, c: { value: '10.0.0.3' } });
      const wanted = { a: { value: '10.0.0.1' }, b: { value: '10.0.0.9' }, c: { value: '10.0.0.3' } };
      expect(await writesOf(() => world.commit(owner, wanted))).toBe(1);
      expect(await contentsOf(owner)).toEqual({ a: '10.0.0.1', b: '10.0.0.9', c: '10.0.0.3' });
    });

    it('removes what is wanted no more', async () => {
      const owner = newOwner();
      await world.commit(owner, { a: { value: '10.0.0.1' }, b: { value: '10.0.0.2' } });
      expect(await writesOf(() => world.commit(owner, { b: { value: '10.0.0.2' } }))).toBe(1);
      expect(await contentsOf(owner)).toEqual({ b: '10.0.0.2' });
      expect(await world.commit(owner, {})).toEqual(done);
      expect(await contentsOf(owner)).toEqual({});
    });

    it('removes a field that is wanted no more', async () => {
      const owner = newOwner();
      await world.commit(owner, { a: { value: '10.0.0.1' } });
      expect(await world.commit(owner, { a: {} })).toEqual(done);
      expect(await contentsOf(owner)).toEqual({ a: undefined });
      expect(await writesOf(() => world.commit(owner, { a: {} }))).toBe(0);
    });

    it('never touches what others made', async () => {
      const [owner, other] = [newOwner(), newOwner()];
      await world.commit(other, { a: { value: '10.0.0.1' } });
      await world.make(nameOf(owner, 'by-hand'), '10.9.9.9');
      await world.commit(owner, { a: { value: '10.0.0.1' } });
      await world.commit(owner, {});
      expect(await contentsOf(owner)).toEqual({ 'by-hand': '10.9.9.9' });
      expect(await contentsOf(other)).toEqual({ a: '10.0.0.1' });
    });

    it.each([
      ['edited', (name: string) => world.edit(name, '10.6.6.6')],
      ['deleted', (name: string) => world.remove(name)],
    ])('tells of a piece that was %s by hand, and the next commit puts it back', async (_, meddle) => {
      const owner = newOwner();
      const wanted = { a: { value: '10.0.0.1' }, b: { value: '10.0.0.2' } };
      await world.commit(owner, wanted);
      await driftOf(owner, () => meddle(nameOf(owner, 'a')));
      expect(await writesOf(() => world.commit(owner, wanted))).toBe(1);
      expect(await contentsOf(owner)).toEqual({ a: '10.0.0.1', b: '10.0.0.2' });
    });

    it('does not tell an owner of its own writes', async () => {
      const owner = newOwner();
      const drifted: Owner[] = [];
      const stop = world.onDrift(each => drifted.push(each));
      await world.commit(owner, { a: { value: '10.0.0.1' } });
      await world.commit(owner, { a: { value: '10.0.0.2' } });
      // News come in order: when this one is told, those of the writes before would have been.
      const last = newOwner();
      await world.commit(last, { a: {} });
      await driftOf(last, () => world.edit(nameOf(last, 'a'), '10.6.6.6'));
      stop();
      expect(drifted).not.toContain(owner);
    });

    it('finds every owner that holds something, after a restart too', async () => {
      const [holder, former] = [newOwner(), newOwner()];
      await world.commit(holder, { a: {} });
      await world.commit(former, { a: {} });
      await world.commit(former, {});
      expect([...world.owners()]).toContain(holder);
      expect([...world.owners()]).not.toContain(former);
    });

    it('lets many owners commit at once', async () => {
      const owners = Array.from({ length: 20 }, newOwner);
      const outcomes = await Promise.all(owners.map(owner => world.commit(owner, { a: { value: '10.0.0.1' }, b: {} })));
      expect(outcomes).toEqual(owners.map(() => done));
      for (const owner of owners) expect(await contentsOf(owner)).toEqual({ a: '10.0.0.1', b: undefined });
    });
  });
};
