/** What a cluster's controllers do for the API, and the embedded server does itself: garbage collection, namespaces, expiry. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient, type Body } from '../../contract/kubernetes-api/client.ts';
import { askUntil, at, refusal } from '../../contract/kubernetes-api/suite.ts';
import { type Embedded, startEmbedded } from './embedded.ts';

let embedded: Embedded;
let api: ApiClient;
const configMaps = '/api/v1/namespaces/default/configmaps';

beforeAll(async () => {
  embedded = await startEmbedded({ eventTtlSeconds: 1 });
  api = embedded.client;
});
afterAll(() => embedded.stop());

const gone = (path: string) =>
  askUntil(
    () => api.get(path),
    ({ code }) => code === 404,
  );

describe('garbage collection', () => {
  const create = async (name: string, owners: Body[] = [], more: Body = {}): Promise<Body> => {
    const ownerReferences = owners.map(owner => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: at(owner, 'metadata.name'),
      uid: at(owner, 'metadata.uid'),
      blockOwnerDeletion: true,
    }));
    const { body } = await api.post(configMaps, { metadata: { name, ownerReferences, ...more } });
    return body;
  };
  const remove = (name: string, propagationPolicy: string) =>
    api.delete(`${configMaps}/${name}`, { propagationPolicy });

  it('follows a deletion down the generations', async () => {
    const root = await create('bg-root');
    await create('bg-leaf', [await create('bg-branch', [root])]);
    await remove('bg-root', 'Background');
    await gone(`${configMaps}/bg-leaf`);
  });

  it('deletes dependents first in the foreground', async () => {
    const root = await create('fg-root');
    await create('fg-leaf', [root], { finalizers: ['example.com/hold'] });
    expect(at((await remove('fg-root', 'Foreground')).body, 'metadata.finalizers')).toEqual(['foregroundDeletion']);
    await askUntil(
      () => api.get(`${configMaps}/fg-leaf`),
      ({ body }) => at(body, 'metadata.deletionTimestamp') !== undefined,
    );
    expect((await api.get(`${configMaps}/fg-root`)).code).toBe(200);
    await api.patch(`${configMaps}/fg-leaf`, 'application/merge-patch+json', { metadata: { finalizers: null } });
    await gone(`${configMaps}/fg-root`);
  });

  it('leaves orphans behind', async () => {
    await create('or-leaf', [await create('or-root')]);
    await remove('or-root', 'Orphan');
    await gone(`${configMaps}/or-root`);
    const { code, body } = await api.get(`${configMaps}/or-leaf`);
    expect(code).toBe(200);
    expect(at(body, 'metadata.ownerReferences')).toBeUndefined();
  });

  it('keeps what has another owner, and drops the reference', async () => {
    const [one, two] = [await create('co-one'), await create('co-two')];
    await create('co-leaf', [one, two]);
    await remove('co-one', 'Background');
    const leaf = await askUntil(
      () => api.get(`${configMaps}/co-leaf`),
      ({ body }) => (at(body, 'metadata.ownerReferences') as Body[]).length === 1,
    );
    expect(at(leaf.body, 'metadata.ownerReferences.0.name')).toBe('co-two');
  });

  it('deletes what is born without its owner', async () => {
    await create('born-late', [{ metadata: { name: 'never', uid: '00000000-0000-0000-0000-000000000000' } }]);
    await gone(`${configMaps}/born-late`);
  });
});

describe('namespaces', () => {
  it('come with a service account and the authority', async () => {
    await api.post('/api/v1/namespaces', { metadata: { name: 'furnished' } });
    await askUntil(
      () => api.get('/api/v1/namespaces/furnished/serviceaccounts/default'),
      ({ code }) => code === 200,
    );
    const { body } = await api.get('/api/v1/namespaces/furnished/configmaps/kube-root-ca.crt');
    expect(at(body, 'data')).toEqual({ 'ca.crt': embedded.api.ca });
  });

  it('take their content with them, take nothing new meanwhile, and say what they wait for', async () => {
    await api.post('/api/v1/namespaces', { metadata: { name: 'going' } });
    const own = '/api/v1/namespaces/going/configmaps';
    await api.post(own, { metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    await api.post('/api/v1/namespaces/going/secrets', { metadata: { name: 'plain' } });
    const deleted = await api.delete('/api/v1/namespaces/going');
    expect(at(deleted.body, 'status.phase')).toBe('Terminating');
    const late = await api.post(own, { metadata: { name: 'late' } });
    expect(refusal(late)).toMatchObject({
      code: 403,
      message:
        'configmaps "late" is forbidden: unable to create new content in namespace going because it is being terminated',
    });
    expect(at(late.body, 'details.causes.0.reason')).toBe('NamespaceTerminating');
    await gone('/api/v1/namespaces/going/secrets/plain');
    const waiting = await askUntil(
      () => api.get('/api/v1/namespaces/going'),
      ({ body }) => at(body, 'status.conditions.0.status') === 'True',
    );
    expect(at(waiting.body, 'status.conditions.1.message')).toContain('example.com/hold in 1 resource instances');
    await api.patch(`${own}/held`, 'application/merge-patch+json', { metadata: { finalizers: null } });
    await gone('/api/v1/namespaces/going');
    expect((await api.post('/api/v1/namespaces', { metadata: { name: 'going' } })).code).toBe(201);
  });

  it('that a cluster needs stay', async () => {
    expect((await api.delete('/api/v1/namespaces/default')).code).toBe(403);
  });
});

describe('pods', () => {
  const pods = '/api/v1/namespaces/default/pods';
  const pod = (name: string): Body => ({ metadata: { name }, spec: { containers: [{ name: 'c', image: 'nginx' }] } });

  it('are bound once, and given time to end by their node', async () => {
    const { body } = await api.post(pods, pod('bound'));
    expect(body).toMatchObject({
      spec: { restartPolicy: 'Always' },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'bound' },
      target: { kind: 'Node', name: 'n1' },
    };
    expect((await api.post(`${pods}/bound/binding`, binding)).code).toBe(201);
    expect((await api.post(`${pods}/bound/binding`, binding)).code).toBe(409);
    const ending = await api.delete(`${pods}/bound`);
    expect(ending.body).toMatchObject({ metadata: { deletionGracePeriodSeconds: 30 }, spec: { nodeName: 'n1' } });
    expect((await api.get(`${pods}/bound`)).code).toBe(200);
    await api.delete(`${pods}/bound`, { gracePeriodSeconds: 0 });
    expect((await api.get(`${pods}/bound`)).code).toBe(404);
  });

  it('that no node runs go at once', async () => {
    await api.post(pods, pod('loose'));
    await api.delete(`${pods}/loose`);
    expect((await api.get(`${pods}/loose`)).code).toBe(404);
  });
});

describe('events', () => {
  it('are served by both their groups, and expire', async () => {
    const event = {
      metadata: { name: 'told' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
      message: 'it happened',
      reason: 'Test',
      type: 'Normal',
    };
    expect((await api.post('/api/v1/namespaces/default/events', event)).code).toBe(201);
    const other = '/apis/events.k8s.io/v1/namespaces/default/events/told';
    expect((await api.get(other)).body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      note: 'it happened',
      regarding: { name: 'p' },
    });
    await gone(other);
  });
});

describe('access', () => {
  const withToken = (token: string): ApiClient =>
    new ApiClient(
      embedded.api
        .adminKubeconfig()
        .replace(/client-certificate-data: .*/, `token: ${token}`)
        .replace(/client-key-data: .*/, ''),
    );

  it('is for those who prove who they are', async () => {
    const stranger = withToken('guessed');
    expect(refusal(await stranger.get('/api/v1/pods'))).toEqual({
      code: 401,
      reason: 'Unauthorized',
      message: 'Unauthorized',
    });
    expect((await stranger.get('/readyz')).code).toBe(200);
    await stranger.close();
    const administrator = withToken(embedded.api.adminToken);
    expect((await administrator.get('/api/v1/pods')).code).toBe(200);
    await administrator.close();
  });
});
