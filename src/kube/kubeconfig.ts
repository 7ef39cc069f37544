/**
 * Kubeconfig files. Shape: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 *
 * Certificates, tokens and token files are read here. `@kubernetes/client-node` costs 300 ms and 75 MB, and is loaded
 * only where a user needs a credential plug-in (`exec`, `auth-provider`).
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { type ClusterConfig, ClusterConfigError } from './cluster-config.ts';

const cluster = z.looseObject({
  server: z.string(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.string().optional(),
});

const user = z.looseObject({
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
});

const kubeconfig = z.looseObject({
  'current-context': z.string().optional(),
  contexts: z
    .array(z.object({ name: z.string(), context: z.looseObject({ cluster: z.string(), user: z.string().optional() }) }))
    .default([]),
  clusters: z.array(z.object({ name: z.string(), cluster })).default([]),
  users: z.array(z.object({ name: z.string(), user: user.nullable() })).default([]),
});

type Kubeconfig = z.infer<typeof kubeconfig>;
type Cluster = z.infer<typeof cluster>;
type User = z.infer<typeof user>;

interface Selection {
  readonly context: string;
  readonly cluster: Cluster;
  readonly user: User;
}

/**
 * The cluster and user of `context`, or of the file's current context.
 * @throws ClusterConfigError when the file is unreadable, malformed, or names what it does not hold.
 */
export async function loadKubeconfig(path: string, context?: string): Promise<ClusterConfig> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new ClusterConfigError(`cannot read kubeconfig ${path}: ${error.message}`);
  });
  const selected = select(parseKubeconfig(text, path), path, context);
  if (selected.user.exec || selected.user['auth-provider']) return loadWithPlugin(path, selected);
  return plainConfig(selected, dirname(resolve(path)));
}

function parseKubeconfig(text: string, path: string): Kubeconfig {
  const document = (() => {
    try {
      return parse(text, { version: '1.1' });
    } catch (error) {
      throw new ClusterConfigError(`kubeconfig ${path} is not YAML: ${(error as Error).message}`);
    }
  })();
  const result = kubeconfig.safeParse(document);
  if (result.success) return result.data;
  const problems = result.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
  throw new ClusterConfigError(`kubeconfig ${path} is malformed: ${problems.join('; ')}`);
}

function select(config: Kubeconfig, path: string, wanted: string | undefined): Selection {
  const name = wanted ?? config['current-context'];
  if (!name) throw new ClusterConfigError(`kubeconfig ${path} has no current-context; name one of its contexts`);
  const context = config.contexts.find(entry => entry.name === name)?.context;
  if (!context) {
    const known = config.contexts.map(entry => entry.name).join(', ') || 'none';
    throw new ClusterConfigError(`kubeconfig ${path} has no context ${name}; it has: ${known}`);
  }
  const found = config.clusters.find(entry => entry.name === context.cluster)?.cluster;
  if (!found) throw new ClusterConfigError(`kubeconfig ${path} has no cluster ${context.cluster} (context ${name})`);
  if (found['proxy-url'])
    throw new ClusterConfigError(`kubeconfig ${path}: proxy-url is not supported (context ${name})`);
  const person = config.users.find(entry => entry.name === context.user);
  if (context.user && !person) {
    throw new ClusterConfigError(`kubeconfig ${path} has no user ${context.user} (context ${name})`);
  }
  return { context: name, cluster: found, user: person?.user ?? {} };
}

/** Relative file names count from the kubeconfig's own folder; `-data` fields win over files, as in kubectl. */
async function plainConfig({ cluster, user }: Selection, folder: string): Promise<ClusterConfig> {
  const pem = (data: string | undefined, file: string | undefined) => pemOf(data, file, folder);
  const [ca, cert, key] = await Promise.all([
    pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
    pem(user['client-certificate-data'], user['client-certificate']),
    pem(user['client-key-data'], user['client-key']),
  ]);
  return { ...serverOf(cluster), ...defined({ ca, cert, key }), ...bearerOf(user, folder) };
}

function serverOf(cluster: Cluster): ClusterConfig {
  const insecureSkipTlsVerify = cluster['insecure-skip-tls-verify'];
  return { server: cluster.server, ...defined({ insecureSkipTlsVerify, tlsServerName: cluster['tls-server-name'] }) };
}

function bearerOf(user: User, folder: string): Partial<ClusterConfig> {
  if (user.tokenFile) return { tokenFile: resolve(folder, user.tokenFile) };
  if (user.token) return { token: user.token };
  if (!user.username) return {};
  const basic = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
  return { authorization: async () => `Basic ${basic}` };
}

async function pemOf(data: string | undefined, file: string | undefined, folder: string): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  if (!file) return undefined;
  return readFile(resolve(folder, file), 'utf8').catch((error: Error) => {
    throw new ClusterConfigError(`cannot read ${resolve(folder, file)}, named in the kubeconfig: ${error.message}`);
  });
}

/** The plug-in runs once for client certificates, and before requests (cached until its token expires) for tokens. */
async function loadWithPlugin(path: string, { context, cluster }: Selection): Promise<ClusterConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const loaded = new KubeConfig();
  loaded.loadFromFile(path);
  loaded.setCurrentContext(context);
  const { ca, cert, key } = await pluginOptions(loaded);
  const authorization = async () => (await pluginOptions(loaded)).headers?.Authorization;
  return { ...serverOf(cluster), ...defined({ ca, cert, key }), authorization };
}

interface PluginOptions {
  ca?: string;
  cert?: string;
  key?: string;
  headers?: { Authorization?: string };
}

async function pluginOptions(config: { applyToHTTPSOptions(options: object): Promise<void> }): Promise<PluginOptions> {
  const options: Record<string, unknown> = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const pem = (value: unknown) => (value === undefined || value === null ? undefined : String(value));
  const headers = options.headers as { Authorization?: string };
  return { ...defined({ ca: pem(options.ca), cert: pem(options.cert), key: pem(options.key) }), headers };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const defined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
