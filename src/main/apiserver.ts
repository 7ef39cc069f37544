import { renameSync, writeFileSync } from 'node:fs';
import { pino } from 'pino';
import { startApiServer } from '../apiserver/server.ts';
import type { ApiServerFlags } from './flags.ts';

/** `kdc apiserver`: serves until it is told to end. */
export const runApiServer = async ({ data, kubeconfig, port, alsoKnownAs }: ApiServerFlags): Promise<void> => {
  const logger = pino();
  const server = await startApiServer({
    dataDir: data,
    port,
    extraNames: alsoKnownAs,
    onBug: error => logger.error({ err: error }, 'a request failed by our fault'),
  });
  writeWhole(kubeconfig, server.adminKubeconfig());
  logger.info({ url: server.url }, 'serving');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => server.close().then(() => process.exit(0)));
  }
};

/** Its appearance says that the server serves, so it appears whole. Readable by its owner only: it holds a key. */
const writeWhole = (file: string, text: string): void => {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};
