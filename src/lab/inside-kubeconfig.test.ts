import { describe, expect, it } from 'vitest';
import { bearerOf, insideKubeconfig } from './inside-kubeconfig.ts';

const clusterOf = (server: string, tlsServerName?: string) =>
  insideKubeconfig({ server, ca: 'CA', ...(tlsServerName ? { tlsServerName } : {}) }, '10.101.0.1', 'secret');

describe('the kubeconfig inside', () => {
  it.each([
    ['https://api.example.com:6443', undefined, 'api.example.com'],
    ['https://127.0.0.1:39063', undefined, 'kubernetes.default.svc'],
    ['https://[::1]:39063', undefined, 'kubernetes.default.svc'],
    ['https://127.0.0.1:39063', 'api.internal', 'api.internal'],
  ])('checks the certificate of %s (%s) for %s', (server, tlsServerName, name) => {
    expect(clusterOf(server, tlsServerName)).toMatchObject({
      clusters: [{ cluster: { server: 'https://10.101.0.1:443', 'tls-server-name': name } }],
      users: [{ user: { token: 'secret' } }],
    });
  });

  it('takes what a credential plug-in gives now', async () => {
    expect(await bearerOf({ server: '', authorization: async () => 'Bearer abc' })).toBe('abc');
    expect(await bearerOf({ server: '', token: 'fixed' })).toBe('fixed');
    expect(await bearerOf({ server: '', cert: 'x', key: 'y' })).toBeUndefined();
  });
});
