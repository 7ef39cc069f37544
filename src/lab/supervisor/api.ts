/** The lab's Kubernetes API: our embedded one or one that is already there, and the socket by which the sandbox reaches it. */
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { stringify } from 'yaml';
import { KubeClient } from '../../kube/client.ts';
import type { ClusterConfig } from '../../kube/cluster-config.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { allKinds } from '../../resources/all-kinds.ts';
import type { LabEnvironment } from '../environment.ts';
import { LabError } from '../errors.ts';
import { bearerOf, insideKubeconfig } from '../inside-kubeconfig.ts';
import { applyObjects, FIELD_MANAGER } from '../objects/apply.ts';
import { waitReady } from '../objects/wait-ready.ts';
import { relayFromSocket } from '../relay.ts';
import type { Processes } from '../sandbox/processes.ts';
import { kubeconfigOf } from '../state/kubeconfig.ts';
import type { LabPaths } from '../state/paths.ts';
import type { LabRequest } from '../state/request.ts';
import { until } from '../wait.ts';

const START_TIMEOUT_MS = 20_000;
const CRD_TIMEOUT_MS = 20_000;
const RESTARTS_TOLERATED = 1;

/** Resolves when the API answers, serves our kinds, and can be reached from inside the sandbox. */
export const startApi = async (
  environment: LabEnvironment,
  paths: LabPaths,
  request: LabRequest,
  processes: Processes,
  apiAddress: string,
): Promise<void> => {
  if (request.kubeconfig === undefined) await startEmbeddedApi(environment, paths, processes, apiAddress);
  const config = await loadKubeconfig(kubeconfigOf(paths, request));
  const client = new KubeClient({ config, fieldManager: FIELD_MANAGER });
  await untilHealthy(client);
  await relayFromSocket(paths.apiSocket, targetOf(config));
  const definitions = allKinds.map(kind => kind.crd());
  await applyObjects(client, definitions);
  await waitReady(client, definitions, { timeoutMs: CRD_TIMEOUT_MS });
  await client.close();
  await writeInsideKubeconfig(paths, insideKubeconfig(config, apiAddress, await bearerOf(config)));
};

const startEmbeddedApi = async (
  environment: LabEnvironment,
  paths: LabPaths,
  processes: Processes,
  apiAddress: string,
): Promise<void> => {
  const port = await freePort();
  const args = [
    '--data',
    paths.apiData,
    '--kubeconfig',
    paths.kubeconfig,
    '--port',
    String(port),
    '--also-known-as',
    apiAddress,
  ];
  const server = processes.start({
    name: 'apiserver',
    command: [...environment.kdc, 'apiserver', ...args],
    dieWithParent: true,
  });
  const serves = (): boolean => {
    if (server.restarts() > RESTARTS_TOLERATED) throw new LabError('the API server ends whenever it is started');
    return existsSync(paths.kubeconfig);
  };
  await until(serves, { what: 'the kubeconfig of the API server', timeoutMs: START_TIMEOUT_MS });
};

/** A port nobody listens on now. The API server keeps it when it is started again, so that clients find it. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

const untilHealthy = async (client: KubeClient): Promise<void> => {
  const healthy = async (): Promise<boolean> => {
    const response = await client.request({ method: 'GET', path: '/readyz' }).catch(() => undefined);
    await response?.body.dump();
    return response !== undefined;
  };
  await until(healthy, { what: 'an answer of the Kubernetes API', timeoutMs: START_TIMEOUT_MS });
};

const targetOf = ({ server }: ClusterConfig): { host: string; port: number } => {
  const { hostname, port, protocol } = new URL(server);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
};

/** Its appearance tells the sandbox that the API is there, so it has to appear whole. */
const writeInsideKubeconfig = async (paths: LabPaths, kubeconfig: object): Promise<void> => {
  const whole = `${paths.kubeconfigInside}.new`;
  await writeFile(whole, stringify(kubeconfig), { mode: 0o600 });
  await rename(whole, paths.kubeconfigInside);
};
