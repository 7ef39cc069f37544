import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { KubeClient } from '../../../src/kube/client.ts';
import { Informer, type InformerOptions, withoutManagedFields } from '../../../src/kube/informer.ts';
import { ByteRelay } from '../../servers/byte-relay.ts';
import { changesRemembered, type KubeApi, onEveryKubeApi } from '../../servers/kube-api.ts';
import { type ConfigMap, configMap, configMaps, namespaceNamed, namespaces } from './objects.ts';

const within = { timeout: 20_000, interval: 10 };

onEveryKubeApi(describe, kind => {
  let api: KubeApi;
  /** Writes past the relay. */
  let writer: KubeClient;
  let relay: ByteRelay;
  let client: KubeClient;
  let informer: Informer<ConfigMap>;
  let seen: string[];
  let errors: unknown[];
  let namespace: string;
  let tests = 0;

  beforeAll(async () => {
    api = await kind.start();
    writer = new KubeClient({ config: api.config, fieldManager: 'writer' });
  });
  afterAll(async () => {
    await writer?.close();
    await api?.stop();
  });

  beforeEach(async () => {
    namespace = `informer-${process.pid}-${tests++}`;
    await writer.create(namespaces, namespaceNamed(namespace));
    relay = await ByteRelay.to(api.config.server);
    client = new KubeClient({ config: { ...api.config, server: relay.url }, fieldManager: 'informer' });
    seen = [];
    errors = [];
  });
  afterEach(async () => {
    await informer?.stop();
    await client.close();
    await relay[Symbol.asyncDispose]();
  });

  const follow = async (options: Partial<InformerOptions<ConfigMap>> = {}) => {
    const onError = (error: unknown) => errors.push(error);
    informer = new Informer({ client, type: configMaps, namespace, labelSelector: 'suite', onError, ...options });
    informer.onChange(changes => seen.push(...changes.map(change => `${change.type} ${change.object.metadata.name}`)));
    await informer.start().synced;
  };
  const key = (name: string) => `${namespace}/${name}`;
  const make = (name: string, data = {}) => writer.create(configMaps, configMap(namespace, name, data));
  const remove = (name: string) => writer.delete(configMaps, { namespace, name });
  const change = (name: string, data: Record<string, string>) =>
    writer.patch(configMaps, { namespace, name }, { type: 'merge', body: { data } });
  const sees = (...expected: string[]) => vi.waitFor(() => expect(seen).toEqual(expected), within);

  it('knows what is there, and follows what happens', async () => {
    await make('old');
    await follow();
    expect(informer.hasSynced).toBe(true);
    expect(seen).toEqual(['added old']);
    await make('new', { a: '1' });
    await change('new', { a: '2' });
    await remove('old');
    await sees('added old', 'added new', 'modified new', 'deleted old');
    expect(informer.get(key('new'))?.data).toEqual({ a: '2' });
    expect(informer.list().map(object => object.metadata.name)).toEqual(['new']);
  });

  it('tells a later handler what is there already', async () => {
    await make('known');
    await follow();
    const late: string[] = [];
    informer.onChange(changes => late.push(...changes.map(({ type, object }) => `${type} ${object.metadata.name}`)));
    expect(late).toEqual(['added known']);
  });

  it('keeps indexes right through changes and deletions', async () => {
    await make('a', { team: 'x' });
    await make('b', { team: 'x' });
    await follow();
    informer.addIndex('team', object => (object.data?.team ? [object.data.team] : []));
    const team = (name: string) => informer.byIndex('team', name).map(object => object.metadata.name);
    expect([team('x'), team('y')]).toEqual([['a', 'b'], []]);
    await change('a', { team: 'y' });
    await remove('b');
    await vi.waitFor(() => expect([team('x'), team('y')]).toEqual([[], ['a']]), within);
  });

  it('drops fields that nobody reads', async () => {
    await make('slim', { a: '1' });
    await follow({ transform: withoutManagedFields });
    expect(informer.get(key('slim'))?.metadata.managedFields).toBeUndefined();
    expect((await writer.get(configMaps, { namespace, name: 'slim' })).metadata.managedFields).toBeDefined();
  });

  describe('a failing network', () => {
    it('survives a connection cut in the middle of a message', async () => {
      await follow();
      await make('before');
      await sees('added before');
      expect(errors).toEqual([]);
      relay.cutAfter(100);
      await make('cut', { text: 'x'.repeat(5000) });
      await make('after');
      await sees('added before', 'added cut', 'added after');
      expect(informer.get(key('cut'))?.data?.text).toHaveLength(5000);
      expect(errors).not.toEqual([]);
    });

    it('catches up after an outage, without a word about what did not change', async () => {
      await make('same');
      await make('doomed');
      await follow();
      seen = [];
      relay.refuse();
      relay.cut();
      await make('born');
      await remove('doomed');
      relay.accept();
      await sees('added born', 'deleted doomed');
    });

    it('notices that the other end has vanished', async () => {
      await follow({ idleTimeout: 1500 });
      await make('heard');
      await sees('added heard');
      relay.freezeOpenConnections();
      await make('unheard');
      await sees('added heard', 'added unheard');
      expect(String(errors)).toMatch(/timeout/i);
    });

    it('begins a new watch each time the server ends one', async () => {
      await follow({ watchSeconds: { least: 1, most: 1 } });
      const watches = client.requestCounts.watches;
      await vi.waitFor(() => expect(client.requestCounts.watches).toBeGreaterThan(watches + 1), within);
      await make('later');
      await sees('added later');
      expect(errors).toEqual([]);
    });
  });

  describe.skipIf(!kind.canRestart)('a failing server', () => {
    it('survives its crash', async () => {
      await make('before');
      await follow();
      await api.restart();
      await make('after');
      await sees('added before', 'added after');
    });

    it('delivers only the differences when history is forgotten', async () => {
      await make('same');
      await make('changing', { a: '1' });
      await make('doomed');
      await make('replaced');
      await follow();
      seen = [];
      relay.refuse();
      relay.cut();
      await change('changing', { a: '2' });
      await remove('doomed');
      await remove('replaced');
      await make('replaced');
      for (let i = 0; i <= changesRemembered; i++) {
        await make('passing');
        await remove('passing');
      }
      await api.forgetHistory();
      const { reads } = client.requestCounts;
      relay.accept();
      await vi.waitFor(() => expect(seen).toHaveLength(4), within);
      expect(seen.toSorted()).toEqual(['added replaced', 'deleted doomed', 'deleted replaced', 'modified changing']);
      expect(seen.indexOf('deleted replaced')).toBeLessThan(seen.indexOf('added replaced'));
      expect(client.requestCounts.reads).toBe(reads + 1);
    });
  });

  describe('our own writes', () => {
    /** With the relay frozen, what the informer knows it knows from us. */
    const deafInformer = async () => {
      await follow();
      relay.refuse();
      relay.cut();
    };

    it('are read at once, and delivered once', async () => {
      await make('mine', { a: '1' });
      await deafInformer();
      informer.observe(await change('mine', { a: '2' }));
      expect(informer.get(key('mine'))?.data).toEqual({ a: '2' });
      informer.observe(await make('new'));
      relay.accept();
      await make('marker');
      await sees('added mine', 'modified mine', 'added new', 'added marker');
    });

    it('are not undone by older news', async () => {
      const first = await make('mine', { a: '1' });
      await follow();
      await change('mine', { a: '2' });
      await sees('added mine', 'modified mine');
      informer.observe(first);
      expect(informer.get(key('mine'))?.data).toEqual({ a: '2' });
    });

    it('do not bring back what was deleted meanwhile', async () => {
      await follow();
      const made = await make('mine');
      await remove('mine');
      await sees('added mine', 'deleted mine');
      informer.observe(made);
      expect(informer.size).toBe(0);
    });

    it('include deletions', async () => {
      const made = await make('mine');
      await deafInformer();
      await change('mine', { old: 'news' });
      await remove('mine');
      informer.observeDeletion(made);
      expect(informer.size).toBe(0);
      relay.accept();
      await make('marker');
      await sees('added mine', 'deleted mine', 'added marker');
    });
  });

  describe('stopping', () => {
    it('leaves no connection open, and says nothing more', async () => {
      await follow();
      await make('heard');
      await sees('added heard');
      const withWatch = relay.open;
      await informer.stop();
      await vi.waitFor(() => expect(relay.open).toBe(withWatch - 1), within);
      await make('unseen');
      await client.close();
      await vi.waitFor(() => expect(relay.open).toBe(0), within);
      expect(seen).toEqual(['added heard']);
    });

    it('ends while the server is away', async () => {
      await follow();
      relay.refuse();
      relay.cut();
      await vi.waitFor(() => expect(errors).not.toEqual([]), within);
      await informer.stop();
      expect(relay.open).toBe(0);
    });

    it('rejects whoever still waits for the first list', async () => {
      relay.refuse();
      informer = new Informer({ client, type: configMaps, namespace }).start();
      await informer.stop();
      await expect(informer.synced).rejects.toThrow(/stopped/);
    });
  });
});
