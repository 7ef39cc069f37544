import { expect, it } from 'vitest';
import { configMapType } from '../resources/builtin/core.ts';
import { KubeClient } from './client.ts';
import { Unavailable } from './errors.ts';

/** Nobody listens there: a request that is sent fails otherwise. */
const config = { server: 'https://127.0.0.1:1' };
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'a' } };

it.each([
  ['create', (client: KubeClient) => client.create(configMapType, object)],
  ['apply', (client: KubeClient) => client.apply(configMapType, object)],
  ['delete', (client: KubeClient) => client.delete(configMapType, { namespace: 'default', name: 'a' })],
])('sends no %s while it may not write', async (_, write) => {
  let leads = true;
  const client = new KubeClient({ config, fieldManager: 'test', mayWrite: () => leads });
  leads = false;
  await expect(write(client)).rejects.toThrow('this process does not lead, and may not write');
  expect(client.requestCounts.writes).toBe(0);
  leads = true;
  await expect(write(client)).rejects.toBeInstanceOf(Unavailable);
  expect(client.requestCounts.writes).toBe(1);
  await client.close();
});
