import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { EventRecorder, eventType } from '../../../src/kube/events.ts';
import { LeaderElector } from '../../../src/kube/leader-election.ts';
import { leaseType } from '../../../src/kube/lease.ts';
import { ByteRelay } from '../../servers/byte-relay.ts';
import { type KubeApi, onEveryKubeApi } from '../../servers/kube-api.ts';
import { configMap, configMaps, namespaceNamed, namespaces } from './objects.ts';

const within = { timeout: 15_000, interval: 10 };

onEveryKubeApi(describe, kind => {
  let api: KubeApi;
  let client: KubeClient;
  const namespace = `coordination-${process.pid}`;

  beforeAll(async () => {
    api = await kind.start();
    client = new KubeClient({ config: api.config, fieldManager: 'test' });
    await client.create(namespaces, namespaceNamed(namespace));
  });
  afterAll(async () => {
    await client?.close();
    await api?.stop();
  });

  describe('leader election', () => {
    /** A candidate with a network of its own, so that it can be cut off alone. */
    class Candidate implements AsyncDisposable {
      readonly relay: ByteRelay;
      readonly client: KubeClient;
      readonly elector: LeaderElector;
      readonly history: string[] = [];
      writesWhenStopped: number | undefined;
      /** Milliseconds that passed while the process was stopped. */
      pause = 0;

      private constructor(relay: ByteRelay, name: string, identity: string) {
        this.relay = relay;
        this.client = new KubeClient({ config: { ...api.config, server: relay.url }, fieldManager: identity });
        this.elector = new LeaderElector({
          client: this.client,
          namespace,
          name,
          identity,
          leaseDurationSeconds: 3,
          renewDeadlineSeconds: 2,
          retryPeriodSeconds: 0.5,
          clock: { ...systemClock, now: () => systemClock.now() + this.pause },
          onStarted: () => this.history.push('started'),
          onStopped: () => {
            this.history.push('stopped');
            this.writesWhenStopped ??= this.client.requestCounts.writes;
          },
        });
      }

      static async standFor(name: string, identity: string): Promise<Candidate> {
        const candidate = new Candidate(await ByteRelay.to(api.config.server), name, identity);
        candidate.elector.start();
        return candidate;
      }

      /** As a killed process does: no release, no renewal, no connection. */
      isolate(): void {
        this.relay.refuse();
        this.relay.cut();
      }

      async [Symbol.asyncDispose](): Promise<void> {
        await this.elector.stop();
        await this.client.close();
        await this.relay[Symbol.asyncDispose]();
      }
    }

    const leadersOf = (candidates: readonly Candidate[]) => candidates.filter(({ elector }) => elector.isLeader());

    const threeCandidates = async (name: string) => {
      const stack = new AsyncDisposableStack();
      const candidates: Candidate[] = [];
      for (const identity of ['one', 'two', 'three']) {
        candidates.push(stack.use(await Candidate.standFor(name, identity)));
      }
      await vi.waitFor(() => expect(leadersOf(candidates)).toHaveLength(1), within);
      const leader = candidates.find(({ elector }) => elector.isLeader());
      if (!leader) throw new Error('the leader stepped down at once');
      const others = candidates.filter(candidate => candidate !== leader);
      return { leader, others, candidates, [Symbol.asyncDispose]: () => stack.disposeAsync() };
    };

    it('hands over at once when the leader stops', async () => {
      await using election = await threeCandidates('orderly');
      const { leader, others } = election;
      await leader.elector.stop();
      const stoppedAt = performance.now();
      expect(leader.elector.isLeader()).toBe(false);
      await vi.waitFor(() => expect(leadersOf(others)).toHaveLength(1), within);
      expect(performance.now() - stoppedAt).toBeLessThan(1500);
      expect(leader.history).toEqual(['started', 'stopped']);
      const lease = await client.get(leaseType, { namespace, name: 'orderly' });
      expect(lease.spec?.holderIdentity).toBe(leadersOf(others)[0]?.elector.holder);
      expect(lease.spec?.leaseTransitions).toBeGreaterThan(0);
    });

    it('replaces a leader that vanished, never having two', async () => {
      await using election = await threeCandidates('sudden');
      const { leader, others, candidates } = election;
      let most = 0;
      leader.isolate();
      const vanishedAt = performance.now();
      const succeeded = () => {
        most = Math.max(most, leadersOf(candidates).length);
        expect(leadersOf(others)).toHaveLength(1);
      };
      await vi.waitFor(succeeded, within);
      expect(performance.now() - vanishedAt).toBeLessThan(5000);
      expect(most).toBe(1);
      expect(leader.history).toEqual(['started', 'stopped']);
    });

    it('knows after a pause that it leads no more, before it writes', async () => {
      await using election = await threeCandidates('paused');
      const { leader } = election;
      const { writes } = leader.client.requestCounts;
      leader.pause = 2100;
      expect(leader.elector.isLeader()).toBe(false);
      await vi.waitFor(() => expect(leader.writesWhenStopped).toBe(writes), within);
      expect(leader.history.slice(0, 2)).toEqual(['started', 'stopped']);
    });

    it('keeps its leader as long as that one renews', async () => {
      await using election = await threeCandidates('steady');
      const { leader, candidates } = election;
      const renewals = leader.client.requestCounts.writes;
      await vi.waitFor(() => expect(leader.client.requestCounts.writes).toBeGreaterThan(renewals + 7), within);
      expect(leadersOf(candidates)).toEqual([leader]);
    });

    it('goes on when the lease is deleted by hand', async () => {
      await using election = await threeCandidates('deleted');
      await client.delete(leaseType, { namespace, name: 'deleted' });
      await vi.waitFor(() => client.get(leaseType, { namespace, name: 'deleted' }), within);
      await vi.waitFor(() => expect(leadersOf(election.candidates)).toHaveLength(1), within);
    });
  });

  describe('events', () => {
    const recorder = () => new EventRecorder({ client, component: 'test', instance: 'test-0' });
    const eventsOf = async (name: string) =>
      (await client.list(eventType, { namespace, fieldSelector: `involvedObject.name=${name}` })).items;

    it('counts repetitions instead of repeating', async () => {
      const object = await client.create(configMaps, configMap(namespace, 'noisy'));
      const events = recorder();
      for (let i = 0; i < 3; i++) {
        events.record(object, { type: 'Warning', reason: 'AddressExhausted', message: 'the pool is empty' });
        await events.flush();
      }
      events.record(object, { type: 'Normal', reason: 'Allocated', message: 'got 100.65.0.102' });
      await events.flush();
      const found = (await eventsOf('noisy')).map(({ reason, count, type }) => [type, reason, count]);
      expect(found.toSorted()).toEqual([
        ['Normal', 'Allocated', 1],
        ['Warning', 'AddressExhausted', 3],
      ]);
    });

    it('does not flood the server for one object, and leaves others heard', async () => {
      const loud = await client.create(configMaps, configMap(namespace, 'loud'));
      const quiet = await client.create(configMaps, configMap(namespace, 'quiet'));
      const events = recorder();
      const { writes } = client.requestCounts;
      for (let i = 0; i < 200; i++) events.record(loud, { type: 'Normal', reason: 'Spam', message: `message ${i}` });
      events.record(quiet, { type: 'Normal', reason: 'Heard', message: 'once' });
      await events.flush();
      expect(client.requestCounts.writes - writes).toBe(26);
      expect(await eventsOf('quiet')).toHaveLength(1);
    });

    it('writes again what the server has forgotten', async () => {
      const object = await client.create(configMaps, configMap(namespace, 'forgotten'));
      const events = recorder();
      const occurrence = { type: 'Normal', reason: 'Again', message: 'and again' } as const;
      events.record(object, occurrence);
      await events.flush();
      await client.deleteCollection(eventType, { namespace, fieldSelector: 'involvedObject.name=forgotten' });
      events.record(object, occurrence);
      await events.flush();
      expect((await eventsOf('forgotten')).map(event => event.count)).toEqual([2]);
    });

    it('never throws, whatever becomes of the event', async () => {
      const errors: unknown[] = [];
      const onError = (error: unknown) => void errors.push(error);
      const events = new EventRecorder({ client, component: 'test', instance: 'test-0', onError });
      const stranger = configMap('no-such-namespace', 'stranger');
      events.record(stranger, { type: 'Normal', reason: 'Lost', message: 'nowhere to go' });
      await events.flush();
      expect(errors).toHaveLength(1);
    });
  });
});
