import { describe, expect, test } from 'vitest';
import { objectAt } from '../json.ts';
import type { JsonObject } from '../types.ts';
import { applied, apply, object, owners, specOf, time, updated } from './fixtures.ts';

describe('tracking of updates', () => {
  test('the creator owns all it wrote', () => {
    const live = updated('a', undefined, object({ replicas: 1, items: [{ name: 'x' }] }, { status: { ready: true } }));
    expect(owners(live)).toEqual({
      'a/Update': { '.': {}, 'f:replicas': {}, 'f:items': { '.': {}, 'k:{"name":"x"}': { '.': {}, 'f:name': {} } } },
    });
  });

  test('who changes a field takes it', () => {
    const live = updated('a', undefined, object({ replicas: 1, image: 'x' }));
    const next = updated('b', live, { ...live, spec: { replicas: 2, image: 'x' } }, { time: '2026-01-02T00:00:00Z' });
    expect(owners(next)).toEqual({ 'a/Update': { '.': {}, 'f:image': {} }, 'b/Update': { 'f:replicas': {} } });
    expect(objectAt(next, 'metadata').managedFields).toMatchObject([{ time }, { time: '2026-01-02T00:00:00Z' }]);
  });

  test('who changes nothing leaves no trace', () => {
    const live = updated('a', undefined, object({ replicas: 1 }));
    expect(updated('b', live, live)).toEqual(live);
  });

  test('a client that drops managedFields loses nothing', () => {
    const live = updated('a', undefined, object({ replicas: 1 }));
    expect(updated('b', live, object({ replicas: 1 }))).toEqual(live);
  });

  test.each([[[]], [[{}]]])('%j resets them, and nothing is tracked until the next apply', reset => {
    const live = updated('a', undefined, object({ replicas: 1 }));
    const metadata = { ...objectAt(live, 'metadata'), managedFields: reset };
    const next = updated('b', live, object({ replicas: 2 }, { metadata }));
    expect(objectAt(next, 'metadata')).not.toHaveProperty('managedFields');
    expect(objectAt(updated('b', next, object({ replicas: 3 })), 'metadata')).not.toHaveProperty('managedFields');
  });

  test('what a client edits into managedFields counts, but not through a subresource', () => {
    const live = updated('kubectl-client-side-apply', undefined, object({ replicas: 1 }));
    const [entry] = objectAt(live, 'metadata').managedFields as JsonObject[];
    const metadata = {
      ...objectAt(live, 'metadata'),
      managedFields: [{ ...entry, manager: 'kubectl', operation: 'Apply' }],
    };
    const edited = { ...live, metadata };
    expect(owners(updated('x', live, edited))).toHaveProperty('kubectl/Apply');
    expect(updated('x', live, edited, { subresource: 'status' })).toEqual(live);
  });

  test('folds the oldest of more than ten updaters', () => {
    const names = Array.from({ length: 12 }, (_, i) => `m${i}`);
    const live = names.reduce<JsonObject | undefined>(
      (before, name, i) =>
        updated(name, before, object({ options: Object.fromEntries(names.slice(0, i + 1).map(key => [key, 'on'])) }), {
          time: `2026-01-01T00:00:${10 + i}Z`,
        }),
      undefined,
    );
    const managers = Object.keys(owners(live ?? {}));
    expect(managers).toHaveLength(10);
    expect(managers).toContain('ancient-changes/Update');
    expect(managers).not.toContain('m0/Update');
  });
});

describe('the move of kubectl from client-side to server-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const metadata = (last: JsonObject): JsonObject => ({
    name: 'w',
    namespace: 'default',
    annotations: { [annotation]: JSON.stringify(object(last)) },
  });
  const live = updated(
    'kubectl-client-side-apply',
    undefined,
    object({ replicas: 1, image: 'x' }, { metadata: metadata({ replicas: 1 }) }),
  );

  test('kubectl may change what its annotation says it applied, and the annotation follows', () => {
    const next = applied('kubectl', live, { replicas: 2 });
    expect(specOf(next)).toEqual({ replicas: 2, image: 'x' });
    const last = JSON.parse(String(objectAt(objectAt(next, 'metadata'), 'annotations')[annotation]));
    expect(last.spec).toEqual({ replicas: 2 });
  });

  test('but not what it did not apply, and nobody else may', () => {
    expect(apply('kubectl', live, { image: 'y' }).kind).toBe('conflict');
    expect(apply('me', live, { replicas: 2 }).kind).toBe('conflict');
  });
});
