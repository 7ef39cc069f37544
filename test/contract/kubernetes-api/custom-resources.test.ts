/** Custom resources: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Body } from './client.ts';
import { askUntil, at, onEveryServer, refusal } from './suite.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const widgetSchema: Body = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      'x-kubernetes-validations': [
        { rule: 'self.size <= self.limit', message: 'size is over its limit' },
        {
          rule: '!has(self.peers) || self.peers.all(p, isIP(p))',
          messageExpression: 'self.size > 5 ? "many" : "peers are addresses"',
        },
      ],
      properties: {
        size: { type: 'integer', minimum: 1 },
        limit: { type: 'integer', default: 10 },
        colour: {
          type: 'string',
          enum: ['red', 'blue'],
          'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'colour is immutable' }],
        },
        peers: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 40 } },
        replicas: { type: 'integer' },
        ports: {
          type: 'array',
          maxItems: 10,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: {
              name: { type: 'string', maxLength: 20 },
              port: {
                type: 'integer',
                'x-kubernetes-validations': [{ rule: 'self >= oldSelf', reason: 'FieldValueForbidden' }],
              },
            },
          },
        },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, phase: { type: 'string' } } },
  },
};

const widgets = (group: string, more: Body = {}): Body => ({
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['gadgets'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: widgetSchema },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
        },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
        selectableFields: [{ jsonPath: '.spec.colour' }],
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        schema: { openAPIV3Schema: { ...widgetSchema, description: 'beta' } },
      },
    ],
    ...more,
  },
});

onEveryServer(({ api, namespace }) => {
  const group = `${namespace}.example.com`;
  const path = `/apis/${group}/v1/namespaces/${namespace}/widgets`;
  const widget = (name: string, spec: Body): Body => ({
    apiVersion: `${group}/v1`,
    kind: 'Widget',
    metadata: { name },
    spec,
  });
  const merge = (name: string, change: Body): Promise<Answer> =>
    api().patch(`${path}/${name}`, 'application/merge-patch+json', change);

  const isEstablished = ({ body }: Answer): boolean =>
    ((at(body, 'status.conditions') ?? []) as Body[]).some(
      ({ type, status }) => type === 'Established' && status === 'True',
    );

  const define = async (definition: Body): Promise<void> => {
    const name = at(definition, 'metadata.name');
    expect(refusal(await api().post(definitions, definition))).toEqual({ code: 201 });
    await askUntil(() => api().get(`${definitions}/${name}`), isEstablished);
    const served = `/apis/${at(definition, 'spec.group')}/v1/widgets`;
    await askUntil(
      () => api().get(served),
      ({ code }) => code === 200,
    );
  };

  beforeAll(() => define(widgets(group)));

  it('are found in discovery with their names', async () => {
    const { body } = await askUntil(
      () => api().get(`/apis/${group}/v1`),
      ({ code }) => code === 200,
    );
    expect(body.resources).toContainEqual(
      expect.objectContaining({
        name: 'widgets',
        singularName: 'widget',
        kind: 'Widget',
        shortNames: ['wd'],
        categories: ['gadgets'],
      }),
    );
    expect((body.resources as Body[]).map(({ name }) => name).sort()).toEqual([
      'widgets',
      'widgets/scale',
      'widgets/status',
    ]);
  });

  it('are defaulted and pruned', async () => {
    const { code, body } = await api().post(path, widget('plain', { size: 1, bogus: true }));
    expect(code).toBe(201);
    expect(body.spec).toEqual({ size: 1, limit: 10 });
    expect(at(body, 'metadata.generation')).toBe(1);
  });

  it('are validated, every field at once', async () => {
    const { code, body } = await api().post(path, widget('bad', { size: 0, colour: 'green' }));
    expect(code).toBe(422);
    expect(body.reason).toBe('Invalid');
    expect(String(body.message)).toContain(`Widget.${group} "bad" is invalid`);
    // The rules are left for when the schema holds, and the answer says so.
    const fields = (at(body, 'details.causes') as Body[]).map(({ field }) => field);
    expect(fields.sort()).toEqual(['<nil>', 'spec.colour', 'spec.size']);
    expect(body.message).toContain('some validation rules were not checked because the object was invalid');
    // A number out of its bounds does not keep rules from being checked.
    const bound = await api().post(path, widget('bad', { size: 0, limit: -1 }));
    expect((at(bound.body, 'details.causes') as Body[]).map(({ field }) => field)).toEqual(['spec.size', 'spec']);
    const missing = await api().post(path, widget('bad', {}));
    expect(missing.body.message).toContain('spec.size: Required value');
  });

  it('follow CEL rules, with their messages', async () => {
    const over = await api().post(path, widget('over', { size: 20 }));
    expect(over.code).toBe(422);
    expect(over.body.message).toMatch(/spec: Invalid value: size is over its limit$/);
    const peers = await api().post(path, widget('peered', { size: 2, peers: ['1.2.3'] }));
    expect(peers.body.message).toContain('peers are addresses');
  });

  it('follow transition rules, also inside lists', async () => {
    await api().post(path, widget('moving', { size: 1, colour: 'red', ports: [{ name: 'a', port: 5 }] }));
    const colour = await merge('moving', { spec: { colour: 'blue' } });
    expect(colour.code).toBe(422);
    expect(colour.body.message).toMatch(/spec\.colour: Invalid value: "blue": colour is immutable$/);
    const port = await merge('moving', {
      spec: {
        ports: [
          { name: 'b', port: 1 },
          { name: 'a', port: 4 },
        ],
      },
    });
    expect(at(port.body, 'details.causes.0')).toMatchObject({
      reason: 'FieldValueForbidden',
      field: 'spec.ports[1].port',
    });
    expect(
      (
        await merge('moving', {
          spec: {
            ports: [
              { name: 'b', port: 1 },
              { name: 'a', port: 6 },
            ],
          },
        })
      ).code,
    ).toBe(200);
  });

  it('keep status to its subresource, and scale', async () => {
    await api().post(path, { ...widget('served', { size: 1, replicas: 2 }), status: { phase: 'Made' } });
    const main = await merge('served', { status: { phase: 'Up' } });
    expect(main.body.status).toBeUndefined();
    const status = await api().patch(`${path}/served/status`, 'application/merge-patch+json', {
      spec: { size: 5 },
      status: { phase: 'Up', replicas: 2 },
    });
    expect(status.body).toMatchObject({ metadata: { generation: 1 }, spec: { size: 1 }, status: { phase: 'Up' } });
    const scale = await api().get(`${path}/served/scale`);
    expect(scale.body).toMatchObject({ kind: 'Scale', spec: { replicas: 2 }, status: { replicas: 2 } });
    await api().patch(`${path}/served/scale`, 'application/merge-patch+json', { spec: { replicas: 3 } });
    expect((await api().get(`${path}/served`)).body).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 3 },
    });
  });

  it('need a resourceVersion to be replaced', async () => {
    await api().post(path, widget('replaced', { size: 1 }));
    const { code, body } = await api().put(`${path}/replaced`, widget('replaced', { size: 2 }));
    expect(code).toBe(422);
    expect(body.message).toContain('must be specified for an update');
  });

  it('take no strategic patch', async () => {
    await api().post(path, widget('patched', { size: 1 }));
    const { code } = await api().patch(`${path}/patched`, 'application/strategic-merge-patch+json', {
      spec: { size: 2 },
    });
    expect(code).toBe(415);
  });

  it('are applied by their managers', async () => {
    const apply = (manager: string, spec: Body): Promise<Answer> =>
      api().patch(`${path}/applied?fieldManager=${manager}`, 'application/apply-patch+yaml', widget('applied', spec));
    expect((await apply('one', { size: 1, ports: [{ name: 'a', port: 1 }] })).code).toBe(201);
    const second = await apply('two', { size: 1, ports: [{ name: 'b', port: 2 }] });
    expect(at(second.body, 'spec.ports')).toEqual([
      { name: 'a', port: 1 },
      { name: 'b', port: 2 },
    ]);
    expect((await apply('two', { size: 2 })).code).toBe(409);
  });

  it('are not applied with fields that their schema does not declare', async () => {
    const apply = (body: Body, query = ''): Promise<Answer> =>
      api().patch(`${path}/undeclared?fieldManager=one${query}`, 'application/apply-patch+yaml', body);
    const refused = await apply({ ...widget('undeclared', { size: 1 }), status: { ready: true } });
    // kube-apiserver answers with a bare 500; only what it says is worth keeping.
    expect(refused.body.message).toBe(
      `failed to create typed patch object (/undeclared; ${group}/v1, Kind=Widget): .status.ready: field not declared in schema`,
    );
    const ignoring = await apply(widget('undeclared', { size: 1, odd: 1 }), '&fieldValidation=Ignore');
    expect(ignoring.body.message).toContain('.spec.odd: field not declared in schema');
    expect((await api().get(`${path}/undeclared`)).code).toBe(404);
  });

  it('have their status owned by those who write it alone', async () => {
    const owners = ({ body }: Answer): unknown[] =>
      (at(body, 'metadata.managedFields') as Body[]).map(({ manager, fieldsV1 }) => [
        manager,
        Object.keys(fieldsV1 as Body).filter(field => field !== 'f:metadata'),
      ]);
    const apply = (name: string, manager: string, size: number): Promise<Answer> =>
      api().patch(`${path}/${name}?fieldManager=${manager}&force=true`, 'application/apply-patch+yaml', {
        ...widget('owned', { size }),
        status: { phase: manager },
      });
    expect(owners(await apply('owned', 'author', 1))).toEqual([['author', ['f:spec']]]);
    expect(owners(await apply('owned/status', 'keeper', 2))).toEqual([
      ['author', ['f:spec']],
      ['keeper', ['f:status']],
    ]);
    const { body } = await apply('owned', 'author', 3);
    expect(body).toMatchObject({ spec: { size: 3 }, status: { phase: 'keeper' } });
  });

  it('are served in every version, and selected by their fields', async () => {
    await api().post(path, widget('two-faced', { size: 1, colour: 'blue' }));
    const beta = await api().get(`/apis/${group}/v1beta1/namespaces/${namespace}/widgets/two-faced`);
    expect(beta.body).toMatchObject({ apiVersion: `${group}/v1beta1`, kind: 'Widget', spec: { size: 1 } });
    const blue = await api().get(`${path}?fieldSelector=spec.colour%3Dblue`);
    expect((blue.body.items as Body[]).map(item => at(item, 'metadata.name'))).toEqual(['two-faced']);
    expect(at(blue.body, 'items.0.kind')).toBe('Widget');
  });

  it('are shown with their columns', async () => {
    const { body } = await api().get(path, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect((body.columnDefinitions as Body[]).map(({ name }) => name)).toEqual(['Name', 'Size']);
  });

  describe('definitions', () => {
    it.each([
      ['another name', { metadata: { name: 'gadgets.x.example.com' } }, 'metadata.name: Invalid value'],
      [
        'no schema',
        { versions: [{ name: 'v1', served: true, storage: true }] },
        'spec.versions[0].schema.openAPIV3Schema: Required value',
      ],
      [
        'a rule that does not compile',
        {
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: { type: 'object', 'x-kubernetes-validations': [{ rule: 'self.nothing() > ' }] },
              },
            },
          ],
        },
        'compilation failed',
      ],
      [
        'no storage version',
        { versions: [{ name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } } }] },
        'storage version',
      ],
      ['an unknown scope', { scope: 'Nowhere' }, 'spec.scope: Unsupported value: "Nowhere"'],
    ])('with %s are refused', async (_, { metadata, ...spec }: Body, message) => {
      const definition = { ...widgets('refused.example.com', spec), ...(metadata !== undefined && { metadata }) };
      const { code, body } = await api().post(definitions, definition);
      expect(code).toBe(422);
      expect(String(body.message)).toContain(message);
    });

    it('take their objects with them', async () => {
      const short = `${namespace}-short.example.com`;
      await define(widgets(short));
      const own = `/apis/${short}/v1/namespaces/${namespace}/widgets`;
      await api().post(own, { ...widget('left', { size: 1 }), apiVersion: `${short}/v1` });
      await api().delete(`${definitions}/widgets.${short}`);
      await askUntil(
        () => api().get(`${definitions}/widgets.${short}`),
        ({ code }) => code === 404,
      );
      const answer = await askUntil(
        () => api().get(own),
        ({ code }) => code === 404,
      );
      expect(refusal(answer).reason === 'NotFound' || at(answer.body, 'text') === '404 page not found\n').toBe(true);
    });
  });
});
