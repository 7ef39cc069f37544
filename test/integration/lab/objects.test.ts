/** What users are told of manifests that an API server does not take. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KubeClient } from '../../../src/kube/client.ts';
import { applyObjects } from '../../../src/lab/objects/apply.ts';
import { type KubeApi, onEveryKubeApi } from '../../servers/kube-api.ts';

onEveryKubeApi(describe, kind => {
  let api: KubeApi;
  let client: KubeClient;

  beforeAll(async () => {
    api = await kind.start();
    client = new KubeClient({ config: api.config, fieldManager: 'objects-test' });
  });
  afterAll(async () => {
    await client?.close();
    await api?.stop();
  });

  it('names the file and the field of a mistake, and not the request', async () => {
    const misspelt = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, dta: {} };
    const sources = new Map([[misspelt, '/somewhere/10-a.yaml']]);
    const error = await applyObjects(client, [misspelt], { sources }).catch(refusal => refusal);
    expect(error.message).toMatch(/^ConfigMap a \(10-a\.yaml\) could not be applied: .*dta/);
    expect(error.message).not.toContain('PATCH');
  });
});
