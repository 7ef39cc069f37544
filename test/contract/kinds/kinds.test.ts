/** Our CRDs on API servers: users' manifests apply unchanged and bad input is refused with its remedy. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubeClient } from '../../../src/kube/client.ts';
import { Invalid, NotFound } from '../../../src/kube/errors.ts';
import { collectionPath } from '../../../src/kube/resource-path.ts';
import { allKinds } from '../../../src/resources/all-kinds.ts';
import { customResourceDefinitionType } from '../../../src/resources/builtin/apiextensions.ts';
import { namespaceType } from '../../../src/resources/builtin/core.ts';
import { apiVersionOf, type KubeObject, type ResourceType } from '../../../src/resources/meta.ts';
import { acceptedManifests, type Manifest, refusals } from '../../../src/resources/testdata/manifests.ts';
import { type KubeApi, onEveryKubeApi } from '../../servers/kube-api.ts';
import { until } from '../../until.ts';

const typeOf = (object: KubeObject): ResourceType<Manifest> => {
  const kind = allKinds.find(({ type }) => type.kind === object.kind && apiVersionOf(type) === object.apiVersion);
  if (!kind) throw new Error(`no kind for ${object.apiVersion} ${object.kind}`);
  const { group, version, kind: name, plural, namespaced } = kind.type;
  return { group, version, kind: name, plural, namespaced };
};

const namespaces = new Set(
  [...acceptedManifests(), ...refusals().map(({ create }) => create)].map(m => m.metadata.namespace),
);

onEveryKubeApi(describe, kind => {
  let api: KubeApi;
  let client: KubeClient;

  /** As `kubectl apply` does: a field that the schema does not have is an error. */
  const createStrictly = async (manifest: Manifest): Promise<void> => {
    const response = await client.request({
      method: 'POST',
      path: collectionPath(typeOf(manifest), manifest.metadata.namespace),
      query: { fieldValidation: 'Strict' },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(manifest),
    });
    await response.body.dump();
  };

  const refusalOf = (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.then(
      () => 'accepted',
      error => error,
    );

  const isServed = async (type: ResourceType): Promise<boolean> =>
    !((await refusalOf(client.list(type))) instanceof NotFound);

  beforeAll(async () => {
    api = await kind.start();
    client = new KubeClient({ config: api.config, fieldManager: 'kinds-test' });
    for (const each of allKinds) await client.apply(customResourceDefinitionType, each.crd(), { force: true });
    for (const name of namespaces)
      if (name) await client.apply(namespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const each of allKinds) await until(`${each.type.plural} are served`, () => isServed(each.type));
  });

  afterAll(async () => {
    await client.close();
    await api.stop();
  });

  it.each(acceptedManifests().map(manifest => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
    'takes %s and keeps every field',
    async (_, manifest) => {
      await createStrictly(manifest);
      const kept = await client.get(typeOf(manifest), manifest.metadata);
      expect(kept.spec).toEqual(manifest.spec);
      await client.delete(typeOf(manifest), manifest.metadata);
    },
  );

  it.each(refusals().map((refusal, index) => [refusal.create.kind, refusal.because, index, refusal] as const))(
    'refuses %s: %s',
    async (_, because, index, { create, update }) => {
      const type = typeOf(create);
      if (!update) {
        const error = await refusalOf(createStrictly(create));
        expect(error).toBeInstanceOf(Invalid);
        expect(error).toMatchObject({ message: expect.stringContaining(because) });
        return;
      }
      const metadata = { ...create.metadata, name: `changed-${index}` };
      await createStrictly({ ...create, metadata });
      const error = await refusalOf(client.patch(type, metadata, { type: 'merge', body: { spec: update } }));
      expect(error).toBeInstanceOf(Invalid);
      expect(error).toMatchObject({ message: expect.stringContaining(because) });
      await client.delete(type, metadata);
    },
  );
});
