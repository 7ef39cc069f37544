/** Lists: selectors, pages, tables. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Body } from './client.ts';
import { at, onEveryServer, refusal } from './suite.ts';

onEveryServer(({ api, namespace }) => {
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  const names = (body: Body): unknown[] => (body.items as Body[]).map(item => at(item, 'metadata.name'));

  beforeAll(async () => {
    for (const [name, tier] of [
      ['a', 'web'],
      ['b', 'web'],
      ['c', 'data'],
    ] as const) {
      await api().post(configMaps, { metadata: { name, labels: { tier, own: 'yes' } } });
    }
    await api().post(configMaps, { metadata: { name: 'd', labels: { own: 'yes' } } });
  });

  it.each([
    ['tier=web', ['a', 'b']],
    ['tier!=web', ['c', 'd']],
    ['tier in (web, data)', ['a', 'b', 'c']],
    ['tier notin (web)', ['c', 'd']],
    ['tier', ['a', 'b', 'c']],
    ['!tier', ['d']],
    ['tier=web,own=no', []],
  ])('selects by label: %s', async (selector, expected) => {
    const own = selector.includes('own') ? selector : `${selector},own=yes`;
    const { body } = await api().get(`${configMaps}?labelSelector=${encodeURIComponent(own)}`);
    expect(names(body)).toEqual(expected);
  });

  it('selects by field, and says which it cannot', async () => {
    expect(names((await api().get(`${configMaps}?fieldSelector=metadata.name%3Db`)).body)).toEqual(['b']);
    const { code, body } = await api().get(`${configMaps}?fieldSelector=data.x%3Db`);
    expect(code).toBe(400);
    expect(body.message).toContain('"data.x" is not a known field selector');
  });

  it('refuses a malformed selector', async () => {
    expect((await api().get(`${configMaps}?labelSelector=a%20in%20b`)).code).toBe(400);
  });

  it('pages through one consistent state', async () => {
    const selected = `${configMaps}?labelSelector=own%3Dyes&limit=2`;
    const first = await api().get(selected);
    expect(names(first.body)).toEqual(['a', 'b']);
    await api().post(configMaps, { metadata: { name: 'bb', labels: { own: 'yes' } } });
    await api().delete(`${configMaps}/c`);
    const token = encodeURIComponent(String(at(first.body, 'metadata.continue')));
    const second = await api().get(`${selected}&continue=${token}`);
    expect(names(second.body)).toEqual(['c', 'd']);
    expect(at(second.body, 'metadata.continue') ?? '').toBe('');
    expect(at(second.body, 'metadata.resourceVersion')).toBe(at(first.body, 'metadata.resourceVersion'));
  });

  it('lists the state at an exact revision', async () => {
    const before = await api().get(configMaps);
    await api().post(configMaps, { metadata: { name: 'later' } });
    const revision = at(before.body, 'metadata.resourceVersion');
    const exact = await api().get(`${configMaps}?resourceVersion=${revision}&resourceVersionMatch=Exact`);
    expect(names(exact.body)).toEqual(names(before.body));
  });

  it('refuses a revision that is no number, and one out of the future', async () => {
    expect((await api().get(`${configMaps}?resourceVersion=abc`)).code).toBe(400);
    const future = await api().get(`${configMaps}?resourceVersion=999999999&resourceVersionMatch=NotOlderThan`);
    expect(refusal(future)).toMatchObject({ code: 504, reason: 'Timeout' });
    expect(at(future.body, 'details.causes.0.reason')).toBe('ResourceVersionTooLarge');
  });

  it('leaves the type out of the items of a typed list', async () => {
    const { body } = await api().get(configMaps);
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
    expect(at(body, 'items.0.kind')).toBeUndefined();
  });

  it('shows tables and metadata alone when asked', async () => {
    const table = await api().get(configMaps, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    });
    expect(table.body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect((table.body.columnDefinitions as Body[]).map(({ name }) => name)).toEqual(['Name', 'Data', 'Age']);
    expect(at(table.body, 'rows.0.object.kind')).toBe('PartialObjectMetadata');
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const metadata = await api().get(configMaps, { accept });
    expect(metadata.body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
    expect(at(metadata.body, 'items.0.data')).toBeUndefined();
  });

  describe('paths', () => {
    it.each([
      ['/api/v1/nothing', 404],
      ['/apis/none.example.com/v1/things', 404],
      [`/api/v1/namespaces/${namespace}/nodes`, 404],
      ['/nowhere', 404],
    ])('%s is %i', async (path, code) => {
      expect((await api().get(path)).code).toBe(code);
    });

    it('refuses methods a path does not have', async () => {
      expect((await api().post('/api/v1/configmaps', { metadata: { name: 'x' } })).code).toBe(405);
      expect((await api().put(configMaps, {})).code).toBe(405);
    });

    it('accepts no unknown media type only', async () => {
      expect((await api().get(configMaps, { accept: 'application/odd' })).code).toBe(406);
    });
  });
});
