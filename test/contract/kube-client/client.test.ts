import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubeClient } from '../../../src/kube/client.ts';
import { AlreadyExists, Conflict, Gone, Invalid, NotFound, Unavailable } from '../../../src/kube/errors.ts';
import { ByteRelay } from '../../servers/byte-relay.ts';
import { changesRemembered, type KubeApi, onEveryKubeApi } from '../../servers/kube-api.ts';
import { configMap, configMaps, namespaceNamed, namespaces } from './objects.ts';

onEveryKubeApi(describe, kind => {
  let api: KubeApi;
  let client: KubeClient;
  const namespace = `client-${process.pid}`;
  const named = (name: string) => ({ namespace, name });

  beforeAll(async () => {
    api = await kind.start();
    client = new KubeClient({ config: api.config, fieldManager: 'first' });
    await client.create(namespaces, namespaceNamed(namespace));
  });
  afterAll(async () => {
    await client?.close();
    await api?.stop();
  });

  describe('reading and writing', () => {
    it('reads back what it created', async () => {
      const made = await client.create(configMaps, configMap(namespace, 'made', { a: '1' }));
      expect(await client.get(configMaps, named('made'))).toEqual(made);
      expect(made.metadata.uid).toBeTruthy();
    });

    it('finds nothing where nothing is, and says so when asked to get it', async () => {
      expect(await client.find(configMaps, named('absent'))).toBeUndefined();
      await expect(client.get(configMaps, named('absent'))).rejects.toThrow(NotFound);
    });

    it('carries the server’s own words in its errors', async () => {
      await client.create(configMaps, configMap(namespace, 'twice'));
      const again = client.create(configMaps, configMap(namespace, 'twice'));
      await expect(again).rejects.toThrow(AlreadyExists);
      await expect(again).rejects.toThrow(/configmaps "twice" already exists/);
      await expect(client.create(configMaps, configMap(namespace, 'Not_A_Name'))).rejects.toThrow(Invalid);
    });

    it('refuses to overwrite what someone else wrote meanwhile', async () => {
      const read = await client.create(configMaps, configMap(namespace, 'contended'));
      await client.update(configMaps, { ...read, data: { by: 'one' } });
      await expect(client.update(configMaps, { ...read, data: { by: 'other' } })).rejects.toThrow(Conflict);
    });

    it('lists more objects than fit a page, each with its type', async () => {
      for (let i = 0; i < 7; i++) await client.create(configMaps, configMap(namespace, `page-${i}`));
      const { items, resourceVersion } = await client.list(configMaps, { namespace, pageSize: 3 });
      const names = items.map(item => item.metadata.name).filter(name => name.startsWith('page-'));
      expect(names).toEqual([0, 1, 2, 3, 4, 5, 6].map(i => `page-${i}`));
      expect(items.every(item => item.kind === 'ConfigMap' && item.apiVersion === 'v1')).toBe(true);
      expect(resourceVersion).toMatch(/^\d+$/);
    });

    it('selects by labels and fields', async () => {
      const labelled = configMap(namespace, 'labelled');
      await client.create(configMaps, { ...labelled, metadata: { ...labelled.metadata, labels: { app: 'web' } } });
      const byLabel = await client.list(configMaps, { namespace, labelSelector: 'app in (web)' });
      const byField = await client.list(configMaps, { namespace, fieldSelector: 'metadata.name=labelled' });
      expect(byLabel.items.map(item => item.metadata.name)).toEqual(['labelled']);
      expect(byField.items).toEqual(byLabel.items);
    });

    it('patches in all three ways', async () => {
      await client.create(configMaps, configMap(namespace, 'patched', { a: '1', b: '2' }));
      const ref = named('patched');
      await client.patch(configMaps, ref, { type: 'json', body: [{ op: 'replace', path: '/data/a', value: 'x' }] });
      await client.patch(configMaps, ref, { type: 'merge', body: { data: { b: null } } });
      const last = await client.patch(configMaps, ref, { type: 'strategic', body: { data: { c: '3' } } });
      expect(last.data).toEqual({ a: 'x', c: '3' });
    });

    it('writes nothing on a dry run', async () => {
      await client.create(configMaps, configMap(namespace, 'dry'), { dryRun: true });
      expect(await client.find(configMaps, named('dry'))).toBeUndefined();
    });

    it('counts what goes over the wire', async () => {
      const before = client.requestCounts;
      await client.find(configMaps, named('absent'));
      await client.apply(configMaps, configMap(namespace, 'counted'));
      const after = client.requestCounts;
      expect([after.reads - before.reads, after.writes - before.writes]).toEqual([1, 1]);
    });
  });

  describe('server-side apply', () => {
    it('writes nothing when applied again', async () => {
      const first = await client.apply(configMaps, configMap(namespace, 'applied', { a: '1' }));
      const second = await client.apply(configMaps, configMap(namespace, 'applied', { a: '1' }));
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    });

    it('removes what is applied no more, and leaves what others own', async () => {
      await client.apply(configMaps, configMap(namespace, 'shared', { a: '1', b: '1' }));
      await client.apply(configMaps, configMap(namespace, 'shared', { c: '2' }), { fieldManager: 'second' });
      const last = await client.apply(configMaps, configMap(namespace, 'shared', { a: '1' }));
      expect(last.data).toEqual({ a: '1', c: '2' });
    });

    it('names the owner of a contended field, and takes it over by force', async () => {
      await client.apply(configMaps, configMap(namespace, 'owned', { a: 'first' }));
      const wanted = configMap(namespace, 'owned', { a: 'second' });
      const refused = client.apply(configMaps, wanted, { fieldManager: 'second' });
      await expect(refused).rejects.toThrow(Conflict);
      await expect(refused).rejects.toThrow(/first/);
      const taken = await client.apply(configMaps, wanted, { fieldManager: 'second', force: true });
      expect(taken.data).toEqual({ a: 'second' });
    });
  });

  describe('deleting', () => {
    it('says that the object is gone', async () => {
      await client.create(configMaps, configMap(namespace, 'doomed'));
      expect(await client.delete(configMaps, named('doomed'))).toBeUndefined();
      await expect(client.delete(configMaps, named('doomed'))).rejects.toThrow(NotFound);
    });

    it('returns the object that its finalizers keep', async () => {
      const kept = configMap(namespace, 'kept');
      await client.create(configMaps, {
        ...kept,
        metadata: { ...kept.metadata, finalizers: ['test.kube-dc.com/keep'] },
      });
      const dying = await client.delete(configMaps, named('kept'));
      expect(dying?.metadata.deletionTimestamp).toBeTruthy();
      await client.patch(configMaps, named('kept'), { type: 'merge', body: { metadata: { finalizers: null } } });
      expect(await client.find(configMaps, named('kept'))).toBeUndefined();
    });

    it('spares a successor of the same name', async () => {
      await client.create(configMaps, configMap(namespace, 'successor'));
      const preconditions = { uid: '00000000-0000-0000-0000-000000000000' };
      await expect(client.delete(configMaps, named('successor'), { preconditions })).rejects.toThrow(Conflict);
    });

    it('deletes what a selector selects', async () => {
      for (const name of ['batch-a', 'batch-b']) {
        const labelled = configMap(namespace, name);
        await client.create(configMaps, { ...labelled, metadata: { ...labelled.metadata, labels: { batch: 'yes' } } });
      }
      await client.deleteCollection(configMaps, { namespace, labelSelector: 'batch=yes' });
      expect((await client.list(configMaps, { namespace, labelSelector: 'batch' })).items).toEqual([]);
    });
  });

  describe('discovery', () => {
    it('knows what is served', async () => {
      const unknown = { group: 'nowhere.example', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
      expect(await client.serves(configMaps)).toBe(true);
      expect(await client.serves(unknown)).toBe(false);
      expect(await client.serves({ ...configMaps, plural: 'nothings' })).toBe(false);
    });
  });

  describe('watching', () => {
    it('sends changes from a version on, and ends when aborted', async () => {
      const { resourceVersion } = await client.list(configMaps, { namespace });
      await client.create(configMaps, configMap(namespace, 'watched', { a: '1' }));
      const stop = new AbortController();
      const seen: string[] = [];
      const options = { namespace, resourceVersion, timeoutSeconds: 30, signal: stop.signal };
      for await (const events of client.watch(configMaps, options)) {
        for (const event of events) {
          if (event.type !== 'BOOKMARK') seen.push(`${event.type} ${event.object.metadata.name}`);
        }
        if (seen.length === 1) await client.delete(configMaps, named('watched'));
        if (seen.length === 2) stop.abort();
      }
      expect(seen).toEqual(['ADDED watched', 'DELETED watched']);
    });

    it.skipIf(!kind.canRestart)('is told when the server has forgotten the version', async () => {
      const { resourceVersion } = await client.list(configMaps, { namespace });
      for (let i = 0; i <= changesRemembered; i++) await client.create(configMaps, configMap(namespace, `past-${i}`));
      await api.forgetHistory();
      const watching = Array.fromAsync(client.watch(configMaps, { namespace, resourceVersion, timeoutSeconds: 5 }));
      await expect(watching).rejects.toThrow(Gone);
    });
  });

  describe('connections', () => {
    it('goes through a unix socket, and still checks the server’s name', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kube-client-'));
      const socketPath = join(folder, 'api.sock');
      await using _relay = await ByteRelay.to(api.config.server, socketPath);
      const through = new KubeClient({ config: { ...api.config, socketPath }, fieldManager: 'socket' });
      expect(await through.serves(configMaps)).toBe(true);
      await through.close();

      const config = { ...api.config, socketPath, tlsServerName: 'someone-else.example' };
      const misled = new KubeClient({ config, fieldManager: 'socket' });
      await expect(misled.serves(configMaps)).rejects.toThrow(Unavailable);
      await expect(misled.serves(configMaps)).rejects.toThrow(/does not match/);
      await misled.close();
      await rm(folder, { recursive: true });
    });

    it('reads again when a kept connection turns out to be dead', async () => {
      await using relay = await ByteRelay.to(api.config.server);
      const through = new KubeClient({ config: { ...api.config, server: relay.url }, fieldManager: 'relay' });
      await through.serves(configMaps);
      relay.cutAfter(1);
      expect(await through.serves(configMaps)).toBe(true);
      await through.close();
    });

    it('says that nobody answers', async () => {
      const nobody = new KubeClient({ config: { ...api.config, server: 'https://127.0.0.1:1' }, fieldManager: 'x' });
      await expect(nobody.serves(configMaps)).rejects.toThrow(Unavailable);
      await nobody.close();
    });
  });
});
