/** What a pod is given: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterConfig, ClusterConfigError } from './cluster-config.ts';

export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

interface Environment {
  readonly KUBERNETES_SERVICE_HOST?: string | undefined;
  readonly KUBERNETES_SERVICE_PORT?: string | undefined;
}

/** @throws ClusterConfigError when the process is in no pod, or its service account is not mounted. */
export async function inClusterConfig(environment: Environment, folder = serviceAccountFolder): Promise<ClusterConfig> {
  const host = environment.KUBERNETES_SERVICE_HOST;
  if (!host) throw new ClusterConfigError('KUBERNETES_SERVICE_HOST is not set: this process is not in a pod');
  const ca = await readFile(join(folder, 'ca.crt'), 'utf8').catch((error: Error) => {
    throw new ClusterConfigError(`the pod has no service account mounted: ${error.message}`);
  });
  const bracketed = host.includes(':') ? `[${host}]` : host;
  const server = `https://${bracketed}:${environment.KUBERNETES_SERVICE_PORT ?? '443'}`;
  return { server, ca, tokenFile: join(folder, 'token') };
}
