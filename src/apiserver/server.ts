import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { byBearerToken, byClientCertificate, firstOf, staticToken } from './auth/authenticate.ts';
import { type Credentials, loadCredentials } from './auth/credentials.ts';
import { kubeconfig } from './auth/kubeconfig.ts';
import { type Authorizer, allowAuthenticated } from './auth/user.ts';
import { Documents } from './http/documents.ts';
import { handleRequest, type RequestContext } from './http/request-handler.ts';
import { installedPlugins } from './plugins/installed.ts';
import type { ApiContext } from './plugins/plugin.ts';
import { seed } from './plugins/seed.ts';
import { parseServiceNetwork, type ServiceNetwork } from './plugins/service-network.ts';
import { builtInResources } from './registry/built-in.ts';
import { Registry } from './registry/registry.ts';
import { builtInSchema } from './schema/built-in.ts';
import { columnsOf } from './schema/table/columns.ts';
import type { Column, ObjectSchema } from './schema/types.ts';
import { SqliteJournal } from './store/sqlite-journal.ts';
import { Store } from './store/store.ts';
import { WatchHub } from './watch/hub.ts';

export interface ApiServerOptions {
  /** Holds the database and the certificates; made when absent, and taken up again when it is there. */
  readonly dataDir: string;
  /** On 127.0.0.1; 0 takes any free port. */
  readonly port: number;
  /** Also served here, with TLS, for clients of other network namespaces. */
  readonly socketPath?: string;
  /** Where Services get their cluster addresses; its first is the API's own. */
  readonly serviceCidr?: string;
  /** Further names and addresses of the serving certificate. */
  readonly extraNames?: readonly string[];
  readonly authorize?: Authorizer;
  /** How many changes of each resource watches can look back on. */
  readonly historyLimit?: number;
  readonly bookmarkIntervalMs?: number;
  /** Seconds after their last change at which Events go. */
  readonly eventTtlSeconds?: number;
  /** Told of errors that are our own fault; the client has got a 500. */
  readonly onBug?: (error: unknown) => void;
}

export interface ApiServer {
  /** `https://127.0.0.1:6443` */
  readonly url: string;
  /** PEM of the authority that signed the serving certificate. */
  readonly ca: string;
  /** Bearer token of the administrator. */
  readonly adminToken: string;
  /** A kubeconfig of the administrator; `server` replaces the URL in it, for clients that reach the API another way. */
  adminKubeconfig(server?: string): string;
  /** Ends watches and connections; everything acknowledged is on disk. */
  close(): Promise<void>;
}

const defaultCidr = '10.101.0.0/16';
/** The release whose API this is, as `kubectl version` shows it. */
const version = { major: '1', minor: '35', gitVersion: 'v1.35.0+kdc' };

/**
 * Starts the API. Resolves when it serves, with the built-in namespaces and the `kubernetes` Service in place; rejects when
 * it cannot, with everything closed again.
 */
export const startApiServer = async (options: ApiServerOptions): Promise<ApiServer> => {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const network = parseServiceNetwork(options.serviceCidr ?? defaultCidr);
  const names = servingNames(network, options.extraNames ?? []);
  const credentials = await loadCredentials(join(options.dataDir, 'pki'), names, Date.now());
  const historyLimits = options.historyLimit === undefined ? {} : { changes: options.historyLimit };
  const store = new Store(new SqliteJournal(join(options.dataDir, 'objects.db')), historyLimits);
  const hub = new WatchHub(store, options.bookmarkIntervalMs ?? 60_000);
  const api = makeApi(options, store, hub, network, credentials);
  const stops = api.plugins.map(plugin => plugin.start?.(api));
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops) stop?.();
    hub.close();
    await Promise.all(servers.map(closeServer));
    await store.close();
  };
  try {
    const port = await serve(options, credentials, requestContext(options, api, hub, credentials), servers);
    await seed(api, network, port);
    return describe(`https://127.0.0.1:${port}`, credentials, close);
  } catch (error) {
    await close();
    throw error;
  }
};

const describe = (url: string, credentials: Credentials, close: () => Promise<void>): ApiServer => ({
  url,
  ca: credentials.authority.cert,
  adminToken: credentials.adminToken,
  adminKubeconfig: (server = url) => kubeconfig(server, credentials.authority.cert, credentials.admin),
  close,
});

const servingNames = ({ first }: ServiceNetwork, extra: readonly string[]): string[] => [
  ...['127.0.0.1', 'localhost', first],
  ...['', '.default', '.default.svc', '.default.svc.cluster.local'].map(suffix => `kubernetes${suffix}`),
  ...extra,
];

const makeApi = (
  options: ApiServerOptions,
  store: Store,
  hub: WatchHub,
  network: ServiceNetwork,
  credentials: Credentials,
): ApiContext => {
  const registry = new Registry();
  for (const resource of builtInResources({ schema: schemaOf, columns: builtInColumns })) registry.register(resource);
  const onBug = options.onBug ?? (error => console.error(error));
  return {
    store,
    registry,
    plugins: installedPlugins({
      network,
      hub,
      authority: credentials.authority.cert,
      eventTtlMs: (options.eventTtlSeconds ?? 3600) * 1000,
    }),
    now: Date.now,
    newUid: randomUUID,
    nameSuffix: () => Array.from(randomBytes(5), byte => suffixLetters[byte % suffixLetters.length]).join(''),
    onBug,
  };
};

/** Letters that spell no words, as Kubernetes chose them. */
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

const schemaOf = (group: string, at: string, kind: string): ObjectSchema | undefined =>
  builtInSchema({ group, version: at, kind });
const builtInColumns = (group: string, at: string, kind: string): readonly Column[] =>
  columnsOf({ group, version: at, kind });

const requestContext = (
  options: ApiServerOptions,
  api: ApiContext,
  hub: WatchHub,
  credentials: Credentials,
): RequestContext => {
  const admin = { name: 'kubernetes-admin', groups: ['system:masters'] };
  return {
    api,
    hub,
    documents: new Documents(api.registry, version, () => true),
    authenticate: firstOf([byClientCertificate, byBearerToken(staticToken(credentials.adminToken, admin))]),
    authorize: options.authorize ?? allowAuthenticated,
  };
};

/** Listens; every server goes into `servers` before it may fail. Answers with the port. */
const serve = async (
  { port, socketPath }: ApiServerOptions,
  credentials: Credentials,
  context: RequestContext,
  servers: Server[],
): Promise<number> => {
  const main = makeServer(credentials, context);
  servers.push(main);
  await listen(main, { host: '127.0.0.1', port });
  if (socketPath !== undefined) {
    const local = makeServer(credentials, context);
    servers.push(local);
    rmSync(socketPath, { force: true });
    await listen(local, { path: socketPath });
  }
  return portOf(main);
};

const makeServer = ({ server, authority }: Credentials, context: RequestContext): Server => {
  const made = createServer(
    {
      ...server,
      ca: authority.cert,
      // Clients may also come with a token, so a missing or foreign certificate is not refused here.
      requestCert: true,
      rejectUnauthorized: false,
      // Idle connections of clients are kept longer than theirs, so that no request meets a connection just closed.
      keepAliveTimeout: 150_000,
      requestTimeout: 0,
      noDelay: true,
    },
    (request, response) => void handleRequest(context, request, response),
  );
  made.maxRequestsPerSocket = 0;
  return made;
};

const listen = (server: Server, where: { host: string; port: number } | { path: string }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });

const portOf = (server: Server): number => {
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
};

const closeServer = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
