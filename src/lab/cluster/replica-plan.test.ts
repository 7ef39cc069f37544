import { describe, expect, it } from 'vitest';
import type { Pod } from './core-kinds.ts';
import { aPod, aReplicaSet, aRunningPod, ownedBy } from './fixtures.ts';
import { planReplicas } from './replica-plan.ts';

const now = Date.parse('2026-01-01T00:00:10Z');

const own = (pod: Pod): Pod => ({ ...pod, metadata: { ...pod.metadata, ownerReferences: ownedBy('set') } });

const names = (pods: readonly Pod[]) => pods.map(pod => pod.metadata.name);

describe('a ReplicaSet', () => {
  it('asks for what is missing, not counting pods that go or have ended', () => {
    const leaving = { ...aPod('a').metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    const pods = [
      own({ ...aPod('a'), metadata: leaving }),
      own(aPod('b', {}, { status: { phase: 'Failed' } })),
      own(aPod('c')),
    ];
    expect(planReplicas(aReplicaSet(3), pods, now)).toMatchObject({ create: 2, remove: [] });
  });

  it('gives up the pods that are missed least', () => {
    const pods = [
      own(aRunningPod('ready', '10.0.0.1')),
      own(aRunningPod('unready', '10.0.0.2', false)),
      own(aPod('unplaced')),
      own(aPod('starting', { nodeName: 'node-2' }, { status: { phase: 'Pending' } })),
    ];
    const removed = (replicas: number) => names(planReplicas(aReplicaSet(replicas), pods, now).remove);
    expect(removed(1)).toEqual(['unplaced', 'starting', 'unready']);
    expect(removed(3)).toEqual(['unplaced']);
  });

  it('takes from the node where most siblings are', () => {
    const pods = [
      own(aRunningPod('alone', '10.0.0.1', true, { nodeName: 'node-2' })),
      own(aRunningPod('crowded-1', '10.0.0.2')),
      own(aRunningPod('crowded-2', '10.0.0.3')),
    ];
    expect(names(planReplicas(aReplicaSet(2), pods, now).remove)[0]).toMatch(/^crowded/);
  });

  it('adopts orphans that match, and lets go what matches no more', () => {
    const stranger = { ...aPod('stranger'), metadata: { ...aPod('stranger').metadata, labels: { app: 'db' } } };
    const foreign = aPod('foreign', {}, { metadata: { name: 'foreign', ownerReferences: ownedBy('another') } });
    const plan = planReplicas(aReplicaSet(2), [aPod('orphan'), own(stranger), foreign], now);
    expect([names(plan.adopt), names(plan.release), plan.create]).toEqual([['orphan'], ['stranger'], 1]);
  });

  it('counts a pod as available once it was ready for long enough', () => {
    const set = { ...aReplicaSet(1), spec: { ...aReplicaSet(1).spec, minReadySeconds: 30 } };
    const pods = [own(aRunningPod('a', '10.0.0.1'))];
    const early = planReplicas(set, pods, now);
    expect(early.status).toMatchObject({ replicas: 1, readyReplicas: 1, availableReplicas: 0 });
    expect(early.recheckIn).toBe(20_000);
    expect(planReplicas(set, pods, now + 20_000).status.availableReplicas).toBe(1);
  });

  it('makes nothing any more when it is being deleted', () => {
    const set = aReplicaSet(3);
    const going = { ...set, metadata: { ...set.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(planReplicas(going, [], now)).toMatchObject({ create: 0, remove: [], adopt: [] });
  });
});
