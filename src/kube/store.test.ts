import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../resources/meta.ts';
import { type Change, Store } from './store.ts';

const object = (name: string, resourceVersion: number, more: { uid?: string; team?: string } = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: {
    namespace: 'ns',
    name,
    uid: more.uid ?? `uid-${name}`,
    resourceVersion: String(resourceVersion),
    ...(more.team && { labels: { team: more.team } }),
  },
});

const told = (changes: readonly Change<KubeObject>[]) =>
  changes.map(change => `${change.type} ${change.object.metadata.name}@${change.object.metadata.resourceVersion}`);

const listed = (store: Store<KubeObject>, items: KubeObject[], version: number) =>
  told(store.startReplacing()(items, String(version)));

const storeOf = (...items: KubeObject[]) => {
  const store = new Store<KubeObject>();
  listed(store, items, 10);
  return store;
};

describe('news of the watch', () => {
  it('is told once, in order', () => {
    const store = storeOf();
    expect(told(store.accept(object('a', 11)))).toEqual(['added a@11']);
    expect(told(store.accept(object('a', 12)))).toEqual(['modified a@12']);
    expect(told(store.accept(object('a', 12)))).toEqual([]);
    expect(told(store.acceptDeletion(object('a', 13)))).toEqual(['deleted a@13']);
    expect(told(store.acceptDeletion(object('a', 13)))).toEqual([]);
    expect(store.position).toBe('13');
  });

  it('ends one object before it begins its successor', () => {
    const store = storeOf(object('a', 5, { uid: 'first' }));
    expect(told(store.accept(object('a', 12, { uid: 'second' })))).toEqual(['deleted a@5', 'added a@12']);
  });

  it('of a predecessor’s deletion leaves the successor alone', () => {
    const store = storeOf(object('a', 5, { uid: 'first' }));
    store.observe(object('a', 12, { uid: 'second' }));
    expect(told(store.acceptDeletion(object('a', 11, { uid: 'first' })))).toEqual([]);
    expect(store.size).toBe(1);
  });

  it('of a deletion counts even if it carries the version of the last change', () => {
    const store = storeOf(object('a', 5));
    expect(told(store.acceptDeletion(object('a', 5)))).toEqual(['deleted a@5']);
  });

  it('moves on with bookmarks, never back', () => {
    const store = storeOf();
    store.advance('20');
    store.advance('15');
    expect(store.position).toBe('20');
  });
});

describe('a list after a gap', () => {
  it('tells differences only', () => {
    const store = storeOf(object('same', 1), object('changed', 2), object('gone', 3), object('replaced', 4));
    const now = [object('same', 1), object('changed', 15), object('replaced', 16, { uid: 'new' }), object('new', 17)];
    expect(listed(store, now, 20)).toEqual([
      'deleted gone@3',
      'modified changed@15',
      'deleted replaced@4',
      'added replaced@16',
      'added new@17',
    ]);
    expect(listed(store, now, 21)).toEqual([]);
  });

  it('does not undo what we wrote while it was made', () => {
    const store = storeOf(object('a', 5), object('b', 6));
    const replace = store.startReplacing();
    store.observe(object('a', 21));
    store.observe(object('new', 22));
    store.observeDeletion(object('b', 6));
    expect(told(replace([object('a', 5), object('b', 6)], '20'))).toEqual([]);
    expect(store.list().map(item => item.metadata.name)).toEqual(['a', 'new']);
  });

  it('of a restored database is the truth, though its versions are earlier', () => {
    const store = storeOf(object('a', 5), object('b', 9));
    expect(listed(store, [object('a', 2)], 3)).toEqual(['deleted b@9', 'modified a@2']);
    expect(store.position).toBe('3');
  });
});

describe('our own writes', () => {
  it('win over older news only', () => {
    const store = storeOf(object('a', 5));
    expect(told(store.observe(object('a', 12)))).toEqual(['modified a@12']);
    expect(told(store.accept(object('a', 11)))).toEqual([]);
    expect(told(store.accept(object('a', 13)))).toEqual(['modified a@13']);
  });

  it('do not bring back what the watch has seen deleted', () => {
    const store = storeOf();
    store.accept(object('a', 11));
    store.acceptDeletion(object('a', 12));
    expect(told(store.observe(object('a', 11)))).toEqual([]);
  });

  it('of deletions hold against late news, until the server’s own', () => {
    const store = storeOf(object('a', 5));
    expect(told(store.observeDeletion(object('a', 5)))).toEqual(['deleted a@5']);
    expect(told(store.accept(object('a', 11)))).toEqual([]);
    expect(told(store.observe(object('a', 12)))).toEqual([]);
    expect(told(store.acceptDeletion(object('a', 13)))).toEqual([]);
    expect(told(store.accept(object('a', 14, { uid: 'successor' })))).toEqual(['added a@14']);
  });

  it('of deletions never touch a successor', () => {
    const store = storeOf(object('a', 5, { uid: 'second' }));
    expect(told(store.observeDeletion(object('a', 4, { uid: 'first' })))).toEqual([]);
  });
});

describe('indexes', () => {
  const byTeam = (item: KubeObject) => (item.metadata.labels?.team ? [item.metadata.labels.team] : []);
  const namesIn = (store: Store<KubeObject>, team: string) =>
    store.byIndex('team', team).map(item => item.metadata.name);

  it('follow every change', () => {
    const store = storeOf(object('a', 1, { team: 'x' }), object('b', 2, { team: 'x' }), object('c', 3));
    store.addIndex('team', byTeam);
    expect(namesIn(store, 'x')).toEqual(['a', 'b']);
    store.accept(object('a', 11, { team: 'y' }));
    store.acceptDeletion(object('b', 12));
    store.observe(object('c', 13, { team: 'x' }));
    expect([namesIn(store, 'x'), namesIn(store, 'y'), namesIn(store, 'z')]).toEqual([['c'], ['a'], []]);
  });

  it('are asked for by their names', () => {
    expect(() => storeOf().byIndex('nonsense', 'x')).toThrow(RangeError);
  });
});
