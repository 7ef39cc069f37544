import { describe, expect, it } from 'vitest';
import type { ContainerState, Pod } from '../cluster/core-kinds.ts';
import { aPod } from '../cluster/fixtures.ts';
import { type ContainerRecord, type PodFacts, podStatus } from './pod-status.ts';

const record = (state: ContainerState, changes: Partial<ContainerRecord> = {}): ContainerRecord => ({
  name: 'main',
  image: 'echo',
  ready: false,
  started: false,
  restartCount: 0,
  state,
  lastState: {},
  ...changes,
});

const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const waiting = { waiting: { reason: 'ContainerCreating' } };
const ended = (exitCode: number) => ({ terminated: { exitCode } });

const status = (facts: Partial<PodFacts>, pod: Pod = aPod('web-1')) =>
  podStatus(pod, {
    nodeIPs: ['192.168.1.4'],
    podIPs: ['10.0.10.28'],
    containers: [record(waiting)],
    initContainers: [],
    ended: false,
    startTime: '2026-01-01T00:00:00Z',
    now: '2026-01-01T00:01:00Z',
    ...facts,
  });

const conditions = (facts: Partial<PodFacts>, pod?: Pod) =>
  Object.fromEntries((status(facts, pod).conditions ?? []).map(({ type, status }) => [type, status]));

describe('the phase of a pod', () => {
  it.each<[string, Partial<PodFacts>, string]>([
    ['nothing runs yet', {}, 'Pending'],
    ['an init container runs', { initContainers: [record(running, { name: 'i' })] }, 'Pending'],
    ['one of its containers runs', { containers: [record(running), record(waiting)] }, 'Running'],
    ['a container waits to be restarted', { containers: [record(waiting, { lastState: ended(1) })] }, 'Running'],
    ['all ended well', { ended: true, containers: [record(ended(0)), record(ended(0))] }, 'Succeeded'],
    ['one ended badly', { ended: true, containers: [record(ended(0)), record(ended(1))] }, 'Failed'],
  ])('when %s', (_, facts, phase) => {
    const names = facts.initContainers?.map(({ name }) => ({ name })) ?? [];
    expect(status(facts, aPod('web-1', { initContainers: names })).phase).toBe(phase);
  });
});

describe('the conditions of a pod', () => {
  it('hold when every container is ready', () => {
    expect(conditions({ containers: [record(running, { ready: true, started: true })] })).toEqual({
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
      PodScheduled: 'True',
    });
  });

  it('name the containers that are not', () => {
    const containers = [record(running, { name: 'a', ready: true }), record(running, { name: 'b' })];
    const ready = status({ containers }).conditions?.find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({ status: 'False', message: 'containers with unready status: [b]' });
  });

  it('wait for readiness gates, and leave their conditions alone', () => {
    const containers = [record(running, { ready: true })];
    const gated = aPod('web-1', { readinessGates: [{ conditionType: 'example.com/lb' }] });
    expect(conditions({ containers }, gated)).toMatchObject({ ContainersReady: 'True', Ready: 'False' });
    const open = { ...gated, status: { conditions: [{ type: 'example.com/lb', status: 'True' as const }] } };
    expect(conditions({ containers }, open)).toMatchObject({ Ready: 'True', 'example.com/lb': 'True' });
  });

  it('keep the time of their last transition', () => {
    const before = '2025-12-31T00:00:00Z';
    const pod = aPod(
      'web-1',
      {},
      {
        status: {
          conditions: [
            { type: 'Ready', status: 'False', lastTransitionTime: before },
            { type: 'Initialized', status: 'True', lastTransitionTime: before },
          ],
        },
      },
    );
    const found = status({ containers: [record(running, { ready: true })] }, pod).conditions ?? [];
    const timeOf = (type: string) => found.find(condition => condition.type === type)?.lastTransitionTime;
    expect([timeOf('Ready'), timeOf('Initialized')]).toEqual(['2026-01-01T00:01:00Z', before]);
  });

  it('count a sidecar as initialised once it has started, other init containers when they succeeded', () => {
    const pod = aPod('web-1', { initContainers: [{ name: 's', restartPolicy: 'Always' }, { name: 'i' }] });
    const init = (started: boolean, exitCode: number) => [
      record(running, { name: 's', started }),
      record(ended(exitCode), { name: 'i' }),
    ];
    expect(conditions({ initContainers: init(true, 0) }, pod).Initialized).toBe('True');
    expect(conditions({ initContainers: init(false, 0) }, pod).Initialized).toBe('False');
    expect(conditions({ initContainers: init(true, 1) }, pod).Initialized).toBe('False');
  });
});

describe('the addresses of a pod', () => {
  it('are the first alone, and all', () => {
    expect(status({ podIPs: ['10.0.10.28', 'fd00::28'] })).toMatchObject({
      podIP: '10.0.10.28',
      podIPs: [{ ip: '10.0.10.28' }, { ip: 'fd00::28' }],
      hostIP: '192.168.1.4',
    });
    expect(status({ podIPs: [] })).not.toHaveProperty('podIP');
  });
});
