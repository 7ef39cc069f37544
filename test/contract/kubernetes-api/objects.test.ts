/** Reading and writing objects: https://kubernetes.io/docs/reference/using-api/api-concepts/ */
import { describe, expect, it } from 'vitest';
import type { Answer, Body } from './client.ts';
import { at, onEveryServer, refusal, resourceVersion } from './suite.ts';

onEveryServer(({ api, namespace }) => {
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const configMap = (name: string, data: Body = {}): Body => ({ metadata: { name }, data });
  const deployment = (name: string): Body => ({
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
  });

  describe('create', () => {
    it('gives identity and the version it was stored at', async () => {
      const { code, body } = await api().post(configMaps, configMap('fresh', { a: '1' }));
      expect(code).toBe(201);
      expect(body).toMatchObject({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'fresh', namespace },
        data: { a: '1' },
      });
      expect(at(body, 'metadata.uid')).toMatch(/^[0-9a-f-]{36}$/);
      expect(at(body, 'metadata.creationTimestamp')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(await api().get(`${configMaps}/fresh`)).toMatchObject({ code: 200, body });
    });

    it('completes generateName', async () => {
      const { body } = await api().post(configMaps, { metadata: { generateName: 'made-' } });
      expect(at(body, 'metadata.name')).toMatch(/^made-[a-z0-9]{5}$/);
    });

    it('refuses a name that is taken', async () => {
      await api().post(configMaps, configMap('taken'));
      expect(refusal(await api().post(configMaps, configMap('taken')))).toEqual({
        code: 409,
        reason: 'AlreadyExists',
        message: 'configmaps "taken" already exists',
      });
    });

    it('refuses a malformed name with the field at fault', async () => {
      const { code, body } = await api().post(configMaps, configMap('Not_Good'));
      expect(code).toBe(422);
      expect(body.reason).toBe('Invalid');
      expect(body.message).toContain(
        'ConfigMap "Not_Good" is invalid: metadata.name: Invalid value: "Not_Good": a lowercase RFC 1123 subdomain',
      );
      expect(at(body, 'details.causes.0')).toMatchObject({ reason: 'FieldValueInvalid', field: 'metadata.name' });
    });

    it('refuses a resourceVersion, another kind, another namespace and a missing namespace', async () => {
      const versioned = { metadata: { name: 'x', resourceVersion: '1' } };
      // kube-apiserver answers this one with a bare 500; only what it says is worth keeping.
      expect(refusal(await api().post(configMaps, versioned)).message).toBe(
        'resourceVersion should not be set on objects to be created',
      );
      expect((await api().post(configMaps, { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'x' } })).code).toBe(
        400,
      );
      expect(refusal(await api().post(configMaps, { metadata: { name: 'x', namespace: 'default' } }))).toMatchObject({
        code: 400,
        message: 'the namespace of the provided object does not match the namespace sent on the request',
      });
      expect(refusal(await api().post('/api/v1/namespaces/nowhere/configmaps', configMap('x')))).toEqual({
        code: 404,
        reason: 'NotFound',
        message: 'namespaces "nowhere" not found',
      });
    });

    it('leaves out empty lists and maps of metadata', async () => {
      const empty = { labels: {}, annotations: {}, finalizers: [], ownerReferences: [] };
      const { body } = await api().post(configMaps, { metadata: { name: 'empty', ...empty } });
      for (const field of Object.keys(empty)) expect(body.metadata).not.toHaveProperty(field);
    });

    it('stores nothing on a dry run', async () => {
      const { code, body } = await api().post(`${configMaps}?dryRun=All`, configMap('dry'));
      expect(code).toBe(201);
      expect(at(body, 'metadata.uid')).toBeTruthy();
      expect((await api().get(`${configMaps}/dry`)).code).toBe(404);
    });

    it('tells or refuses unknown fields as asked', async () => {
      const odd = (name: string): Body => ({
        ...deployment(name),
        spec: { ...Object(deployment(name).spec), bogus: 1 },
      });
      const warned = await api().post(`${deployments}?fieldValidation=Warn`, odd('warned'));
      expect(warned.code).toBe(201);
      expect(String(warned.headers.warning)).toContain('299 - "unknown field \\"spec.bogus\\""');
      expect(at(warned.body, 'spec.bogus')).toBeUndefined();
      const strict = await api().post(`${deployments}?fieldValidation=Strict`, odd('strict'));
      expect(strict.code).toBe(400);
      expect(strict.body.message).toContain('strict decoding error: unknown field "spec.bogus"');
      const ignored = await api().post(`${deployments}?fieldValidation=Ignore`, odd('ignored'));
      expect(ignored.headers.warning).toBeUndefined();
    });
  });

  describe('update', () => {
    it('refuses an old resourceVersion and takes the present one', async () => {
      const created = await api().post(configMaps, configMap('contended'));
      const first = await api().put(`${configMaps}/contended`, { ...created.body, data: { by: 'first' } });
      expect(first.code).toBe(200);
      expect(Number(resourceVersion(first))).toBeGreaterThan(Number(resourceVersion(created)));
      expect(refusal(await api().put(`${configMaps}/contended`, { ...created.body, data: { by: 'late' } }))).toEqual({
        code: 409,
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "contended": the object has been modified; please apply your changes to the latest version and try again',
      });
    });

    it('writes nothing when nothing differs', async () => {
      const created = await api().post(configMaps, configMap('same', { a: '1' }));
      const again = await api().put(`${configMaps}/same`, created.body);
      expect(resourceVersion(again)).toBe(resourceVersion(created));
    });

    it('refuses another name than the path says', async () => {
      await api().post(configMaps, configMap('named'));
      expect(refusal(await api().put(`${configMaps}/named`, configMap('other')))).toMatchObject({
        code: 400,
        message: 'the name of the object (other) does not match the name on the URL (named)',
      });
    });

    it('refuses another uid', async () => {
      await api().post(configMaps, configMap('identity'));
      const other = { metadata: { name: 'identity', uid: '00000000-0000-0000-0000-000000000000' } };
      expect((await api().put(`${configMaps}/identity`, other)).code).toBe(409);
    });

    it('counts generations of the spec only, and keeps status to its subresource', async () => {
      const created = await api().post(deployments, { ...deployment('counted'), status: { replicas: 7 } });
      expect(at(created.body, 'metadata.generation')).toBe(1);
      expect(at(created.body, 'status.replicas')).toBeUndefined();
      const labelled = await api().patch(`${deployments}/counted`, 'application/merge-patch+json', {
        metadata: { labels: { a: 'b' } },
        status: { replicas: 7 },
      });
      expect(at(labelled.body, 'metadata.generation')).toBe(1);
      expect(at(labelled.body, 'status.replicas')).toBeUndefined();
      const status = await api().patch(`${deployments}/counted/status`, 'application/merge-patch+json', {
        spec: { replicas: 9 },
        status: { replicas: 2 },
      });
      expect(status.body).toMatchObject({
        metadata: { generation: 1 },
        spec: { replicas: 1 },
        status: { replicas: 2 },
      });
      const scaled = await api().patch(`${deployments}/counted`, 'application/merge-patch+json', {
        spec: { replicas: 3 },
      });
      expect(scaled.body).toMatchObject({
        metadata: { generation: 2 },
        spec: { replicas: 3 },
        status: { replicas: 2 },
      });
    });

    it('serves scale', async () => {
      await api().post(deployments, deployment('scaled'));
      const before = await api().get(`${deployments}/scaled/scale`);
      expect(before.body).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 1 } });
      expect(at(before.body, 'status.selector')).toBe('app=scaled');
      await api().put(`${deployments}/scaled/scale`, { ...before.body, spec: { replicas: 4 } });
      expect(at((await api().get(`${deployments}/scaled`)).body, 'spec.replicas')).toBe(4);
    });
  });

  describe('patch', () => {
    it.each([
      ['application/merge-patch+json', { data: { a: null, b: '2' } }],
      [
        'application/json-patch+json',
        [
          { op: 'remove', path: '/data/a' },
          { op: 'add', path: '/data/b', value: '2' },
        ],
      ],
      ['application/strategic-merge-patch+json', { data: { a: null, b: '2' } }],
    ])('takes %s', async (contentType, change) => {
      const { body } = await api().post(configMaps, { metadata: { generateName: 'patched-' }, data: { a: '1' } });
      const patched = await api().patch(`${configMaps}/${at(body, 'metadata.name')}`, contentType, change);
      expect(patched.code).toBe(200);
      expect(patched.body.data).toEqual({ b: '2' });
    });

    it('leaves no empty map or list of metadata behind', async () => {
      const full = { labels: { a: '1' }, annotations: { b: '1' }, finalizers: ['example.com/hold'] };
      await api().post(configMaps, { metadata: { name: 'emptied', ...full } });
      const { body } = await api().patch(`${configMaps}/emptied`, 'application/merge-patch+json', {
        metadata: { labels: { a: null }, annotations: { b: null }, finalizers: [] },
      });
      for (const field of Object.keys(full)) expect(body.metadata).not.toHaveProperty(field);
    });

    it('refuses a JSON patch that does not fit without naming the object, so that kubectl shows why', async () => {
      await api().post(configMaps, configMap('tested', { a: '1' }));
      const { code, body } = await api().patch(`${configMaps}/tested`, 'application/json-patch+json', [
        { op: 'test', path: '/data/a', value: '2' },
      ]);
      expect({ code, reason: body.reason, details: body.details }).toEqual({
        code: 422,
        reason: 'Invalid',
        details: {},
      });
      expect(body.message).toBeTruthy();
    });

    it('merges lists by their keys, strategically', async () => {
      await api().post(deployments, deployment('merged'));
      const { body } = await api().patch(`${deployments}/merged`, 'application/strategic-merge-patch+json', {
        spec: { template: { spec: { containers: [{ name: 'side', image: 'busybox' }] } } },
      });
      expect(at(body, 'spec.template.spec.containers')).toMatchObject([{ name: 'side' }, { name: 'c' }]);
    });

    it('refuses what it does not know', async () => {
      await api().post(configMaps, configMap('odd'));
      const { code, body } = await api().patch(`${configMaps}/odd`, 'application/odd', {});
      expect(code).toBe(415);
      expect(body.reason).toBe('UnsupportedMediaType');
    });
  });

  describe('server-side apply', () => {
    const apply = (name: string, manager: string, data: Body, more = ''): Promise<Answer> =>
      api().patch(`${configMaps}/${name}?fieldManager=${manager}${more}`, 'application/apply-patch+yaml', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name },
        data,
      });

    it('creates, changes, and removes what its manager no longer applies', async () => {
      expect((await apply('applied', 'one', { a: '1', b: '1' })).code).toBe(201);
      const second = await apply('applied', 'one', { a: '2' });
      expect(second.code).toBe(200);
      expect(second.body.data).toEqual({ a: '2' });
      const third = await apply('applied', 'one', { a: '2' });
      expect(resourceVersion(third)).toBe(resourceVersion(second));
    });

    it('refuses to take what another manager has, unless forced', async () => {
      await apply('disputed', 'one', { a: '1' });
      const refused = await apply('disputed', 'two', { a: '2' });
      expect(refusal(refused)).toEqual({
        code: 409,
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
      });
      expect(at(refused.body, 'details.causes')).toEqual([
        { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' },
      ]);
      expect((await apply('disputed', 'two', { a: '2' }, '&force=true')).body.data).toEqual({ a: '2' });
    });

    it('needs a manager', async () => {
      const { code } = await api().patch(`${configMaps}/unowned`, 'application/apply-patch+yaml', configMap('unowned'));
      expect(code).toBe(422);
    });
  });

  describe('delete', () => {
    it('answers with a Status that names what is gone', async () => {
      const created = await api().post(configMaps, configMap('gone'));
      const { code, body } = await api().delete(`${configMaps}/gone`);
      expect(code).toBe(200);
      expect(body).toMatchObject({
        kind: 'Status',
        status: 'Success',
        details: { name: 'gone', kind: 'configmaps', uid: at(created.body, 'metadata.uid') },
      });
      expect(refusal(await api().delete(`${configMaps}/gone`))).toEqual({
        code: 404,
        reason: 'NotFound',
        message: 'configmaps "gone" not found',
      });
    });

    it('keeps to preconditions', async () => {
      const created = await api().post(configMaps, configMap('guarded'));
      const wrong = { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } };
      expect((await api().delete(`${configMaps}/guarded`, wrong)).code).toBe(409);
      const stale = { preconditions: { resourceVersion: '1' } };
      expect((await api().delete(`${configMaps}/guarded`, stale)).code).toBe(409);
      const right = {
        preconditions: { uid: at(created.body, 'metadata.uid'), resourceVersion: resourceVersion(created) },
      };
      expect((await api().delete(`${configMaps}/guarded`, right)).code).toBe(200);
    });

    it('waits for finalizers, and takes no new ones meanwhile', async () => {
      const finalizers = ['example.com/hold'];
      await api().post(configMaps, { metadata: { name: 'held', finalizers } });
      const { body } = await api().delete(`${configMaps}/held`);
      expect(at(body, 'metadata.deletionTimestamp')).toBeTruthy();
      const more = await api().patch(`${configMaps}/held`, 'application/merge-patch+json', {
        metadata: { finalizers: [...finalizers, 'example.com/late'] },
      });
      expect(more.code).toBe(422);
      expect(more.body.message).toContain(
        'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted',
      );
      const freed = await api().patch(`${configMaps}/held`, 'application/merge-patch+json', {
        metadata: { finalizers: null },
      });
      expect(freed.code).toBe(200);
      expect((await api().get(`${configMaps}/held`)).code).toBe(404);
    });

    it('deletes a selection at once', async () => {
      for (const [name, tier] of [
        ['one', 'a'],
        ['two', 'a'],
        ['three', 'b'],
      ] as const) {
        await api().post(configMaps, { metadata: { name: `many-${name}`, labels: { tier } } });
      }
      expect((await api().delete(`${configMaps}?labelSelector=tier%3Da`)).code).toBe(200);
      expect((await api().get(`${configMaps}/many-one`)).code).toBe(404);
      expect((await api().get(`${configMaps}/many-three`)).code).toBe(200);
    });
  });
});
