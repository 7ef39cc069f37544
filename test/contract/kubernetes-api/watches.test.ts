/** Watches: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes */
import { expect, it } from 'vitest';
import { changesRemembered } from '../../servers/kube-api.ts';
import type { Body, WatchEvent } from './client.ts';
import { at, onEveryServer, resourceVersion } from './suite.ts';

onEveryServer(({ api, server, namespace }) => {
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  const create = (name: string, more: Body = {}) => api().post(configMaps, { metadata: { name, ...more } });
  const now = async (): Promise<string> => resourceVersion(await api().get(configMaps));
  const brief = ({ type, object }: WatchEvent): string => `${type} ${at(object, 'metadata.name')}`;
  const about = (name: string) => (event: WatchEvent) => at(event.object, 'metadata.name') === name;

  it('tells what changed since a revision, in order', async () => {
    const start = await now();
    await create('story', { labels: { told: 'yes' } });
    await api().patch(`${configMaps}/story`, 'application/merge-patch+json', { data: { a: '1' } });
    await api().delete(`${configMaps}/story`);
    const watch = await api().watch(`${configMaps}?watch=true&resourceVersion=${start}&labelSelector=told`);
    const events = await watch.until(({ type }) => type === 'DELETED');
    expect(events.map(brief)).toEqual(['ADDED story', 'MODIFIED story', 'DELETED story']);
    const revisions = events.map(({ object }) => Number(at(object, 'metadata.resourceVersion')));
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    expect(new Set(revisions).size).toBe(3);
    watch.close();
  });

  it('tells an object that leaves the selection as deleted, and one that enters it as added', async () => {
    const start = await now();
    const watch = await api().watch(`${configMaps}?watch=true&resourceVersion=${start}&labelSelector=in%3Dyes`);
    await create('mover', { labels: { in: 'yes' } });
    const label = (value: string) =>
      api().patch(`${configMaps}/mover`, 'application/merge-patch+json', { metadata: { labels: { in: value } } });
    await label('no');
    await label('still-no');
    const back = await label('yes');
    const events = [await watch.next(), await watch.next(), await watch.next()];
    expect(events.map(event => event && brief(event))).toEqual(['ADDED mover', 'DELETED mover', 'ADDED mover']);
    expect(at(events[2]?.object, 'metadata.resourceVersion')).toBe(resourceVersion(back));
    watch.close();
  });

  it('streams the present objects and marks their end', async () => {
    await create('present');
    const watch = await api().watch(
      `${configMaps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    const initial = await watch.until(({ type }) => type === 'BOOKMARK');
    expect(initial.map(brief)).toContain('ADDED present');
    const mark = initial.at(-1);
    expect(at(mark?.object, 'metadata.annotations')).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(mark?.object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
    await create('future');
    expect(brief((await watch.until(about('future'))).at(-1) ?? { type: '', object: {} })).toBe('ADDED future');
    watch.close();
  });

  it('begins with the present objects when no revision is named', async () => {
    await create('there-already');
    const watch = await api().watch(`${configMaps}?watch=true`);
    expect((await watch.until(about('there-already'))).at(-1)?.type).toBe('ADDED');
    watch.close();
  });

  it('watches one object by its name', async () => {
    const start = await now();
    const watch = await api().watch(
      `${configMaps}?watch=true&resourceVersion=${start}&fieldSelector=metadata.name%3Dpinned`,
    );
    await create('unpinned');
    await create('pinned');
    expect(await watch.next().then(event => event && brief(event))).toBe('ADDED pinned');
    watch.close();
  });

  it('ends in time', async () => {
    const watch = await api().watch(`${configMaps}?watch=true&resourceVersion=${await now()}&timeoutSeconds=1`);
    expect(await watch.next()).toBeUndefined();
  });

  it('refuses initial events without the right match', async () => {
    expect((await api().get(`${configMaps}?watch=true&sendInitialEvents=true`)).code).toBe(422);
    expect((await api().get(`${configMaps}?watch=true&resourceVersionMatch=NotOlderThan`)).code).toBe(422);
  });

  it('says when a revision is too old', async () => {
    const start = await now();
    for (let change = 0; change <= changesRemembered; change++) {
      await api().patch(`${configMaps}/present`, 'application/merge-patch+json', { data: { change: String(change) } });
    }
    await server().forgetHistory();
    const watch = await api().watch(`${configMaps}?watch=true&resourceVersion=${start}`);
    const event = await watch.next();
    expect(event?.type).toBe('ERROR');
    expect(event?.object).toMatchObject({ kind: 'Status', code: 410, reason: 'Expired' });
    watch.close();
  });
});
