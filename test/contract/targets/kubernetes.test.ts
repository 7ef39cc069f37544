/** The Kubernetes API as a target, on API servers embedded and real. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WantedObject } from '../../../src/compile/desired.ts';
import { Caches, cachedKind, OWNER_INDEX } from '../../../src/controllers/caches.ts';
import { OWNER_ANNOTATION, ownerOfObject } from '../../../src/controllers/targets/kube-identity.ts';
import { KubeTarget, objectPieces } from '../../../src/controllers/targets/kube-target.ts';
import { done, type Owner, ownerOf } from '../../../src/converge/piece.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { withoutManagedFields } from '../../../src/kube/informer.ts';
import { type ConfigMap, configMapType, namespaceType } from '../../../src/resources/builtin/core.ts';
import { fieldManager } from '../../../src/resources/names.ts';
import { type KubeApi, type KubeApiKind, onEveryKubeApi } from '../../servers/kube-api.ts';
import { until } from '../../until.ts';

import { describeTarget, type TargetWorld } from './target-suite.ts';

const NAMESPACE = 'targets';

const configMapOf = (name: string, value: string | undefined): WantedObject => ({
  type: configMapType,
  namespace: NAMESPACE,
  name,
  labels: { suite: 'targets' },
  content: value === undefined ? {} : { data: { value } },
});

class KubeWorld implements TargetWorld {
  readonly target: KubeTarget;
  readonly caches: Caches;
  /** Somebody else. */
  readonly user: KubeClient;
  readonly #api: KubeApi;
  readonly #client: KubeClient;

  private constructor(api: KubeApi) {
    this.#api = api;
    this.#client = new KubeClient({ config: api.config, fieldManager });
    this.user = new KubeClient({ config: api.config, fieldManager: 'kubectl' });
    const type = cachedKind<ConfigMap>({
      type: configMapType,
      indexes: { [OWNER_INDEX]: object => [ownerOfObject(object) ?? []].flat() },
      transform: withoutManagedFields,
    });
    this.caches = new Caches([type], { client: this.#client, onError: () => undefined });
    this.target = new KubeTarget(this.#client, this.caches);
  }

  static async start(kind: KubeApiKind): Promise<KubeWorld> {
    const world = new KubeWorld(await kind.start());
    await world.user.apply(namespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await world.caches.start();
    return world;
  }

  commit(owner: Owner, wanted: Parameters<TargetWorld['commit']>[1]) {
    const name = owner.slice(owner.indexOf('/') + 1);
    const objects = Object.entries(wanted).map(([key, { value }]) => configMapOf(`${name}-${key}`, value));
    return this.target.commit(owner, objectPieces(objects));
  }

  owners(): Iterable<Owner> {
    return this.target.owners();
  }

  onDrift(listener: (owner: Owner) => void): () => void {
    return this.target.onDrift(listener);
  }

  async contents() {
    const { items } = await this.user.list(configMapType, { namespace: NAMESPACE });
    return Object.fromEntries(items.map(({ metadata, data }) => [metadata.name, data?.value]));
  }

  writes(): number {
    return this.#client.requestCounts.writes;
  }

  async make(name: string, value: string): Promise<void> {
    await this.user.create(configMapType, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: NAMESPACE, name },
      data: { value },
    });
    await this.known(name);
  }

  async edit(name: string, value: string): Promise<void> {
    await this.patch(name, { data: { value } });
  }

  async patch(name: string, body: object): Promise<void> {
    await this.user.patch(configMapType, { namespace: NAMESPACE, name }, { type: 'merge', body });
  }

  async remove(name: string): Promise<void> {
    await this.user.delete(configMapType, { namespace: NAMESPACE, name });
  }

  /** Until the target's cache has it too. */
  known(name: string): Promise<void> {
    return until(
      `${name} is known`,
      () => this.caches.informer(configMapType).get(`${NAMESPACE}/${name}`) !== undefined,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.caches.stop();
    await this.#client.close();
    await this.user.close();
    await this.#api.stop();
  }
}

onEveryKubeApi(describe, kind => {
  describeTarget(() => KubeWorld.start(kind));

  describe('as Kubernetes', () => {
    let world: KubeWorld;
    beforeAll(async () => {
      world = await KubeWorld.start(kind);
    });
    afterAll(() => world?.[Symbol.asyncDispose]());
    const get = (name: string) => world.user.get(configMapType, { namespace: NAMESPACE, name });

    it('does not take what somebody else made, and says whose name it is', async () => {
      await world.make('taken-a', '1');
      const outcome = await world.commit(ownerOf('Test', 'taken'), { a: { value: '2' } });
      expect(outcome).toMatchObject({
        kind: 'rejected',
        on: ['ConfigMap/targets/taken-a'],
        rejection: {
          reason: 'NameTaken',
          message: expect.stringContaining('ConfigMap targets/taken-a is needed here'),
        },
      });
      expect((await get('taken-a')).data).toEqual({ value: '1' });
    });

    it('does not take what another owner made', async () => {
      const [first, second] = [ownerOf('First', 'same'), ownerOf('Second', 'same')];
      await world.commit(first, { a: { value: '1' } });
      expect(await world.commit(second, { a: { value: '2' } })).toMatchObject({ kind: 'rejected' });
      expect(ownerOfObject(await get('same-a'))).toBe(first);
    });

    it('of two owners that want one name at the same moment lets one have it', async () => {
      const owners = [ownerOf('First', 'race'), ownerOf('Second', 'race')] as const;
      const outcomes = await Promise.all(owners.map(owner => world.commit(owner, { a: {} })));
      expect(outcomes[0]).toEqual(done);
      expect(outcomes[1]).toMatchObject({ kind: 'waiting', on: ['ConfigMap/targets/race-a'] });
      expect(await world.commit(owners[1], { a: {} })).toMatchObject({ kind: 'rejected' });
      expect(ownerOfObject(await get('race-a'))).toBe(owners[0]);
    });

    it('adopts what nobody owns when asked to, and keeps what its maker wrote', async () => {
      await world.make('adopted', '1');
      await world.patch('adopted', { data: { note: 'mine' } });
      const owner = ownerOf('Test', 'adopter');
      const adopted = { ...configMapOf('adopted', '2'), adopt: true };
      expect(await world.target.commit(owner, objectPieces([adopted]))).toEqual(done);
      expect((await get('adopted')).data).toEqual({ value: '2', note: 'mine' });
      expect(ownerOfObject(await get('adopted'))).toBe(owner);
    });

    it('takes over what was handed over by its annotation', async () => {
      const owner = ownerOf('Test', 'heir');
      await world.make('heir-a', '1');
      await world.patch('heir-a', { metadata: { annotations: { [OWNER_ANNOTATION]: owner } } });
      await until('it is the heir’s', () => world.target.observe(owner).length === 1);
      expect(await world.commit(owner, { a: { value: '2' } })).toEqual(done);
      expect((await get('heir-a')).data).toEqual({ value: '2' });
    });

    it('waits for what is being deleted, then makes it anew', async () => {
      const owner = ownerOf('Test', 'phoenix');
      await world.commit(owner, { a: { value: '1' } });
      await world.patch('phoenix-a', { metadata: { finalizers: ['example.com/wait'] } });
      await world.remove('phoenix-a');
      await until(
        'it is being deleted',
        () => world.target.observe(owner)[0]?.value.object.metadata.deletionTimestamp !== undefined,
      );
      expect(await world.commit(owner, { a: { value: '1' } })).toMatchObject({
        kind: 'waiting',
        on: ['ConfigMap/targets/phoenix-a'],
      });
      expect(await world.commit(owner, {})).toEqual(done);
      await world.patch('phoenix-a', { metadata: { finalizers: null } });
      await until('it is gone', () => world.target.observe(owner).length === 0);
      expect(await world.commit(owner, { a: { value: '1' } })).toEqual(done);
    });

    it('leaves the fields of others alone', async () => {
      const owner = ownerOf('Test', 'shared');
      await world.commit(owner, { a: { value: '1' } });
      await world.patch('shared-a', { data: { theirs: 'x' }, metadata: { labels: { theirs: 'x' } } });
      await world.commit(owner, { a: { value: '2' } });
      expect(await get('shared-a')).toMatchObject({
        data: { value: '2', theirs: 'x' },
        metadata: { labels: { theirs: 'x', suite: 'targets' } },
      });
    });

    it('retries what a server refuses, and says why', async () => {
      const outcome = await world.target.commit(
        ownerOf('Test', 'refused'),
        objectPieces([{ ...configMapOf('refused', '1'), namespace: 'nowhere' }]),
      );
      expect(outcome).toMatchObject({ kind: 'retry', message: expect.stringContaining('nowhere') });
    });

    it('tells of what was changed while it was writing', async () => {
      const owner = ownerOf('Test', 'busy');
      await world.commit(owner, { a: { value: '1' }, b: { value: '1' } });
      const commit = world.commit(owner, { a: { value: '1' }, b: { value: '2' } });
      // Before the commit's own answer can come: as a watch event would.
      const held = world.caches.informer(configMapType).get(`${NAMESPACE}/busy-a`);
      if (!held) throw new Error('busy-a is not known');
      world.caches.informer(configMapType).observeDeletion(held);
      expect(await commit).toMatchObject({ kind: 'retry' });
    });
  });
});
