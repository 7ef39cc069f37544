import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../../../src/apiserver/server.ts';
import { ApiClient } from '../../contract/kubernetes-api/client.ts';

/** An embedded API server in a directory of its own, with a client and a kubeconfig file. */
export interface Embedded {
  readonly api: ApiServer;
  readonly client: ApiClient;
  readonly directory: string;
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

export const startEmbedded = async (options: Partial<ApiServerOptions> = {}): Promise<Embedded> => {
  const directory = await mkdtemp(join(tmpdir(), 'embedded-api-'));
  const api = await startApiServer({ dataDir: join(directory, 'data'), port: 0, ...options });
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, api.adminKubeconfig());
  const client = new ApiClient(api.adminKubeconfig());
  const stop = async (): Promise<void> => {
    await client.close();
    await api.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { api, client, directory, kubeconfig, stop };
};
