import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueClientCertificate, issueServerCertificate, type KeyPair, makeAuthority, stillServes } from './pki.ts';

/** What the server proves itself with and what its first clients prove themselves with. */
export interface Credentials {
  readonly authority: KeyPair;
  readonly server: KeyPair;
  /** Of a user in `system:masters`. */
  readonly admin: KeyPair;
  readonly adminToken: string;
}

/**
 * Reads the credentials kept in a directory and makes what is missing, so that kubeconfigs given out stay valid after a
 * restart. The serving certificate is made anew when `names` asks for one it does not cover.
 */
export const loadCredentials = async (
  directory: string,
  names: readonly string[],
  now: number,
): Promise<Credentials> => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const authority = await keptPair(directory, 'ca', () => makeAuthority('kubernetes', now));
  const good = (pair: KeyPair): boolean => stillServes(pair, authority, names, now);
  const server = await keptPair(directory, 'server', () => issueServerCertificate(authority, names, now), good);
  const user = { name: 'kubernetes-admin', groups: ['system:masters'] };
  const valid = (pair: KeyPair): boolean => stillServes(pair, authority, [], now);
  const admin = await keptPair(directory, 'admin', () => issueClientCertificate(authority, user, now), valid);
  return {
    authority,
    server,
    admin,
    adminToken: kept(join(directory, 'admin.token'), () => randomBytes(24).toString('base64url')),
  };
};

const keptPair = async (
  directory: string,
  name: string,
  make: () => Promise<KeyPair>,
  good: (pair: KeyPair) => boolean = () => true,
): Promise<KeyPair> => {
  const [certFile, keyFile] = [join(directory, `${name}.crt`), join(directory, `${name}.key`)];
  if (existsSync(certFile) && existsSync(keyFile)) {
    const pair = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
    if (good(pair)) return pair;
  }
  const pair = await make();
  writeWhole(keyFile, pair.key);
  writeWhole(certFile, pair.cert);
  return pair;
};

const kept = (file: string, make: () => string): string => {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const text = make();
  writeWhole(file, text);
  return text;
};

/** All of the file or nothing, whenever the process is killed. */
const writeWhole = (file: string, text: string): void => {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
};
