/** Who we say we are in the `Authorization` header. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { type ClusterConfig, ClusterConfigError } from './cluster-config.ts';

export interface Authorization {
  header(): Promise<string | undefined>;
  /** The server refused us. @returns whether the next header may be another one */
  renew(): boolean;
}

/** The kubelet rotates service account tokens well before they end; client-go looks once a minute too. */
const TOKEN_FILE_LIFETIME = 60_000;

export function createAuthorization(config: ClusterConfig, clock: Clock): Authorization {
  if (config.authorization) return { header: config.authorization, renew: () => true };
  if (config.tokenFile) return fromFile(config.tokenFile, clock);
  const header = config.token ? `Bearer ${config.token}` : undefined;
  return { header: async () => header, renew: () => false };
}

function fromFile(path: string, clock: Clock): Authorization {
  let held: { readonly header: Promise<string>; readonly until: number } | undefined;
  const read = async () => `Bearer ${(await readFile(path, 'utf8')).trim()}`;
  return {
    header() {
      if (!held || clock.now() >= held.until) held = { header: read(), until: clock.now() + TOKEN_FILE_LIFETIME };
      return held.header.catch((error: Error) => {
        held = undefined;
        throw new ClusterConfigError(`cannot read the token file ${path}: ${error.message}`);
      });
    },
    renew() {
      held = undefined;
      return true;
    },
  };
}
