import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inClusterConfig } from './in-cluster.ts';
import { loadKubeconfig } from './kubeconfig.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  await writeFile(join(folder, 'ca.crt'), 'CA');
});
afterAll(() => rm(folder, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

const load = async (text: string, context?: string) => {
  const path = join(folder, 'config');
  await writeFile(path, text);
  return loadKubeconfig(path, context);
};

const config = (user: string, cluster = '{server: https://api:6443}') => `
current-context: main
contexts:
- {name: main, context: {cluster: c, user: u}}
- {name: broken, context: {cluster: missing}}
clusters: [{name: c, cluster: ${cluster}}]
users: [{name: u, user: ${user}}]
`;

describe('loadKubeconfig', () => {
  it('reads certificates from data and from files beside it', async () => {
    const user = `{client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}}`;
    const cluster = '{server: https://api:6443, certificate-authority: ca.crt, tls-server-name: kubernetes}';
    expect(await load(config(user, cluster))).toEqual({
      server: 'https://api:6443',
      ca: 'CA',
      cert: 'CERT',
      key: 'KEY',
      tlsServerName: 'kubernetes',
    });
  });

  it('prefers a token file, which may be rotated, to a token', async () => {
    expect((await load(config('{token: abc}'))).token).toBe('abc');
    const { token, tokenFile } = await load(config('{token: abc, tokenFile: token}'));
    expect([token, tokenFile]).toEqual([undefined, join(folder, 'token')]);
  });

  it('takes a user without credentials', async () => {
    expect(await load(config('null'))).toEqual({ server: 'https://api:6443' });
  });

  it('speaks for a user with a password', async () => {
    const { authorization } = await load(config('{username: me, password: secret}'));
    expect(await authorization?.()).toBe(`Basic ${base64('me:secret')}`);
  });

  it.each([
    ['an unknown context', config('{}'), 'other', /no context other; it has: main, broken/],
    ['a context of no cluster', config('{}'), 'broken', /no cluster missing \(context broken\)/],
    ['no current context', 'contexts: []', undefined, /no current-context/],
    [
      'a proxy',
      config('{}', '{server: https://api, proxy-url: http://proxy}'),
      undefined,
      /proxy-url is not supported/,
    ],
    ['a missing file', config('{client-key: nowhere.key}'), undefined, /cannot read .*nowhere\.key/],
    ['a wrong type', 'clusters: 3', undefined, /malformed: clusters: /],
    ['what is not YAML', 'a: [', undefined, /is not YAML/],
  ])('refuses %s, and says where', async (_what, text, context, message) => {
    await expect(load(text, context)).rejects.toThrow(message);
  });
});

describe('inClusterConfig', () => {
  it('uses what the pod was given', async () => {
    const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };
    expect(await inClusterConfig(environment, folder)).toEqual({
      server: 'https://[fd00::1]:6443',
      ca: 'CA',
      tokenFile: join(folder, 'token'),
    });
  });

  it('says that this is no pod', async () => {
    await expect(inClusterConfig({}, folder)).rejects.toThrow(/not in a pod/);
  });
});
