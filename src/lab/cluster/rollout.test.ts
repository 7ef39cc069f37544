import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deployment, PodTemplate, ReplicaSet } from './core-kinds.ts';
import { aDeployment } from './fixtures.ts';
import { planRollout, rolloutLimits } from './rollout.ts';

const template = (release: string): PodTemplate => ({
  metadata: { labels: { app: 'web' }, annotations: { release } },
  spec: { containers: [{ name: 'main', image: 'echo' }] },
});

const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
});

describe('the limits of a rollout', () => {
  it.each([
    [10, rolling('25%', '25%'), { surge: 3, unavailable: 2 }],
    [1, {}, { surge: 1, unavailable: 0 }],
    [3, rolling(0, 0), { surge: 0, unavailable: 1 }],
    [2, rolling(1, 5), { surge: 1, unavailable: 2 }],
    [4, { strategy: { type: 'Recreate' } }, { surge: 0, unavailable: 4 }],
  ])('of %i replicas with %j are %j', (replicas, changes, limits) => {
    expect(rolloutLimits(aDeployment(replicas, changes))).toEqual(limits);
  });
});

/** A cluster of one Deployment in which pods become available when asked. */
class World {
  deployment: Deployment;
  sets: ReplicaSet[] = [];
  #time = Date.parse('2026-01-01T00:00:00Z');
  #uids = 0;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
  }

  /** One reconcile. @returns whether anything was to be done */
  step(): boolean {
    this.#time += 1000;
    const plan = planRollout(this.deployment, this.sets, this.#time);
    const gone = new Set(plan.remove.map(set => set.metadata.uid));
    this.sets = this.sets
      .filter(set => !gone.has(set.metadata.uid))
      .map(set => plan.update.find(updated => updated.metadata.uid === set.metadata.uid) ?? set);
    this.#uids += 1;
    const metadata = { ...plan.create?.metadata, uid: `uid-${this.#uids}` };
    if (plan.create) this.sets.push({ ...plan.create, metadata: { ...plan.create.metadata, ...metadata } });
    this.deployment = { ...this.deployment, status: plan.status };
    return plan.create !== undefined || plan.update.length + plan.remove.length > 0;
  }

  /** The ReplicaSets' controller and kubelets: every set has its pods, and up to `share` of the missing ones become available. */
  work(available: (set: ReplicaSet) => number): void {
    this.sets = this.sets.map(set => {
      const replicas = set.spec.replicas ?? 1;
      const ready = Math.min(replicas, available(set));
      return { ...set, status: { replicas, readyReplicas: ready, availableReplicas: ready } };
    });
  }

  settle(): void {
    for (let round = 0; round < 100; round++) {
      const moved = this.step();
      this.work(() => Number.POSITIVE_INFINITY);
      if (!moved && !this.step()) return;
    }
    throw new Error('the rollout does not come to an end');
  }

  get replicas(): number[] {
    return this.sets.map(set => set.spec.replicas ?? 1);
  }
}

const settled = (deployment: Deployment): World => {
  const world = new World(deployment);
  world.settle();
  return world;
};

describe('a rollout', () => {
  it('makes one ReplicaSet, named and labelled by its template', () => {
    const { sets } = settled(aDeployment(3));
    expect(sets).toHaveLength(1);
    const hash = sets[0]?.metadata.labels?.['pod-template-hash'];
    expect(sets[0]).toMatchObject({
      metadata: {
        name: `web-${hash}`,
        annotations: { 'deployment.kubernetes.io/revision': '1', 'deployment.kubernetes.io/desired-replicas': '3' },
        ownerReferences: [{ kind: 'Deployment', uid: 'deployment', controller: true }],
      },
      spec: { replicas: 3, selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
    });
  });

  it('follows the wish up and down', () => {
    const world = settled(aDeployment(3));
    for (const replicas of [5, 0, 1]) {
      world.deployment = { ...world.deployment, spec: { ...world.deployment.spec, replicas } };
      world.settle();
      expect(world.replicas).toEqual([replicas]);
    }
  });

  it('takes up an old ReplicaSet again when its template returns, as the newest revision', () => {
    const world = settled(aDeployment(2, { template: template('1') }));
    for (const release of ['2', '1']) {
      world.deployment = { ...world.deployment, spec: { ...world.deployment.spec, template: template(release) } };
      world.settle();
    }
    expect(world.sets.map(set => [set.spec.template.metadata?.annotations?.release, set.spec.replicas])).toEqual([
      ['1', 2],
      ['2', 0],
    ]);
    expect(world.sets[0]?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('keeps as many old ReplicaSets as its history may hold', () => {
    const world = settled(aDeployment(1, { template: template('0'), revisionHistoryLimit: 2 }));
    for (const release of ['1', '2', '3', '4']) {
      world.deployment = { ...world.deployment, spec: { ...world.deployment.spec, template: template(release) } };
      world.settle();
    }
    expect(world.sets.map(set => set.spec.template.metadata?.annotations?.release)).toEqual(['2', '3', '4']);
  });

  it('changes nothing while it is paused', () => {
    const world = settled(aDeployment(2, { template: template('1') }));
    world.deployment = {
      ...world.deployment,
      spec: { ...world.deployment.spec, template: template('2'), paused: true },
    };
    expect(world.step()).toBe(false);
  });

  it('of type Recreate starts nothing new before the old is gone', () => {
    const world = settled(aDeployment(2, { template: template('1'), strategy: { type: 'Recreate' } }));
    world.deployment = { ...world.deployment, spec: { ...world.deployment.spec, template: template('2') } };
    world.step();
    expect(world.replicas).toEqual([0, 0]);
    world.settle();
    expect(world.replicas).toEqual([0, 2]);
  });

  it('takes old pods that never worked away first', () => {
    const world = settled(aDeployment(4, { template: template('1'), ...rolling(1, 1) }));
    world.work(() => 1);
    world.deployment = { ...world.deployment, spec: { ...world.deployment.spec, template: template('2') } };
    world.step();
    expect(world.replicas).toEqual([3, 1]);
  });

  it('never exceeds its surge, never falls below what must be available, and ends', () => {
    const setting = fc.record({
      replicas: fc.integer({ min: 1, max: 12 }),
      surge: fc.oneof(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 100 }).map(n => `${n}%`),
      ),
      unavailable: fc.oneof(
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 100 }).map(n => `${n}%`),
      ),
      luck: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 30, maxLength: 30 }),
    });
    fc.assert(
      fc.property(setting, ({ replicas, surge, unavailable, luck }) => {
        const world = settled(aDeployment(replicas, { template: template('1'), ...rolling(surge, unavailable) }));
        const limits = rolloutLimits(world.deployment);
        world.deployment = { ...world.deployment, spec: { ...world.deployment.spec, template: template('2') } };
        for (const progress of luck) {
          world.step();
          const total = world.replicas.reduce((a, b) => a + b, 0);
          expect(total).toBeLessThanOrEqual(replicas + limits.surge);
          // Pods that are taken away are taken from those available, in the worst case.
          world.work(set => (set.status?.availableReplicas ?? 0) + (set === world.sets.at(-1) ? progress : 0));
          const working = world.sets.reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0);
          expect(working).toBeGreaterThanOrEqual(replicas - limits.unavailable);
        }
        world.settle();
        expect(world.replicas).toEqual([0, replicas]);
      }),
    );
  });
});

describe('the status of a rollout', () => {
  const conditions = (deployment: Deployment) =>
    Object.fromEntries(
      (deployment.status?.conditions ?? []).map(({ type, status, reason }) => [type, [status, reason]]),
    );

  it('tells a finished one from one under way', () => {
    const world = new World(aDeployment(2));
    world.step();
    expect(conditions(world.deployment)).toEqual({
      Available: ['False', 'MinimumReplicasUnavailable'],
      Progressing: ['True', 'NewReplicaSetCreated'],
    });
    world.settle();
    expect(world.deployment.status).toMatchObject({
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      availableReplicas: 2,
      unavailableReplicas: 0,
    });
    expect(conditions(world.deployment)).toEqual({
      Available: ['True', 'MinimumReplicasAvailable'],
      Progressing: ['True', 'NewReplicaSetAvailable'],
    });
  });

  it('says when the deadline is missed, and asks to be looked at then', () => {
    const begin = Date.parse('2026-01-01T00:00:00Z');
    const deployment = aDeployment(1, { progressDeadlineSeconds: 60 });
    const first = planRollout(deployment, [], begin);
    const waiting = { ...deployment, status: first.status };
    const sets = first.create ? [{ ...first.create, status: { replicas: 1 } }] : [];
    const started = planRollout(waiting, sets, begin);
    const stuck = { ...deployment, status: started.status };
    expect(planRollout(stuck, sets, begin + 10_000).recheckIn).toBe(50_000);
    const late = planRollout(stuck, sets, begin + 60_000);
    expect(late.status.conditions?.[1]).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    expect(late).not.toHaveProperty('recheckIn');
  });
});
