/** Pure: the kubeconfig of clients in nodes, which reach the API at the address of the `kubernetes` Service. */
import { isIP } from 'node:net';
import type { ClusterConfig } from '../kube/cluster-config.ts';

const NAME = 'lab';

/** The server's certificate is checked for the name it has outside: the bytes are relayed, TLS ends at the server itself. */
export const insideKubeconfig = (outside: ClusterConfig, apiAddress: string, bearer: string | undefined): object => {
  const { protocol, hostname } = new URL(outside.server);
  const secure = protocol === 'https:';
  const cluster = {
    server: `${protocol}//${apiAddress}:443`,
    ...(secure ? { 'tls-server-name': outside.tlsServerName ?? certifiedName(hostname) } : {}),
    ...(outside.ca ? { 'certificate-authority-data': base64(outside.ca) } : {}),
    ...(outside.insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
  };
  const user = {
    ...(outside.cert ? { 'client-certificate-data': base64(outside.cert) } : {}),
    ...(outside.key ? { 'client-key-data': base64(outside.key) } : {}),
    ...(bearer ? { token: bearer } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': NAME,
    clusters: [{ name: NAME, cluster }],
    users: [{ name: NAME, user }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME } }],
  };
};

/** TLS names servers, not addresses (RFC 6066 §3). Every API server's certificate has this name among its others. */
const certifiedName = (hostname: string): string =>
  isIP(hostname.replace(/^\[|\]$/g, '')) ? 'kubernetes.default.svc' : hostname;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Credential plug-ins do not run inside: what they give now is what clients there use. */
export const bearerOf = async ({ token, authorization }: ClusterConfig): Promise<string | undefined> =>
  token ?? (await authorization?.())?.replace(/^Bearer /, '');
