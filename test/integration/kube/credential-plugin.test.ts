import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadKubeconfig } from '../../../src/kube/kubeconfig.ts';

const credential = JSON.stringify({
  apiVersion: 'client.authentication.k8s.io/v1',
  kind: 'ExecCredential',
  status: { token: 't0ken' },
});

const kubeconfig = `
current-context: other
contexts:
- {name: main, context: {cluster: c, user: plugin}}
- {name: other, context: {cluster: c, user: nobody}}
clusters: [{name: c, cluster: {server: 'https://api:6443', certificate-authority-data: Q0E=}}]
users:
- {name: nobody, user: {}}
- name: plugin
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: echo, args: ['${credential}']}
`;

it('speaks with the token of a credential plug-in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  const path = join(folder, 'config');
  await writeFile(path, kubeconfig);
  const config = await loadKubeconfig(path, 'main');
  expect(config).toMatchObject({ server: 'https://api:6443', ca: 'CA' });
  expect(await config.authorization?.()).toBe('Bearer t0ken');
  await rm(folder, { recursive: true });
});
