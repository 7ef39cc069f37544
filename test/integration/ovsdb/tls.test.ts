import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OvsdbClient } from '../../../src/ovsdb/client.ts';
import { nbDatabase } from '../../../src/ovsdb/generated/ovn-nb.ts';
import { Operations } from '../../../src/ovsdb/operations.ts';
import { type OvsdbServer, schemas, startOvsdbServer, temporaryDirectory } from '../../servers/ovsdb.ts';

const run = promisify(execFile);
const nb = new Operations(nbDatabase);
const tables = { Logical_Router: ['name'] } as const;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: OvsdbServer;
let ports: { ssl: number; tcp: number };

const file = (name: string) => join(directory.path, name);
const pem = (name: string) => readFile(file(name), 'utf8');

/** A key and a certificate `name.key`, `name.crt`, signed by `authority` or by itself. */
async function certify(name: string, authority?: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file(`${name}.key`)];
  const signer = authority === undefined ? [] : ['-CA', file(`${authority}.crt`), '-CAkey', file(`${authority}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-days', '1', '-out', file(`${name}.crt`)];
  await run('openssl', ['req', '-x509', ...key, ...signer, ...subject]);
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', () => resolve()));
  const address = listener.address();
  await new Promise(resolve => listener.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

beforeAll(async () => {
  directory = await temporaryDirectory();
  await Promise.all([certify('ca'), certify('other-ca')]);
  await Promise.all([certify('server', 'ca'), certify('client', 'ca'), certify('stranger', 'other-ca')]);
  ports = { ssl: await freePort(), tcp: await freePort() };
  const own = [`--private-key=${file('server.key')}`, `--certificate=${file('server.crt')}`];
  const remotes = [`--remote=pssl:${ports.ssl}:127.0.0.1`, `--remote=ptcp:${ports.tcp}:127.0.0.1`];
  const args = [...remotes, ...own, `--ca-cert=${file('ca.crt')}`];
  server = await startOvsdbServer({ schema: schemas.northbound, args });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const tlsOf = async (name: string, authority: string) => ({
  key: await pem(`${name}.key`),
  cert: await pem(`${name}.crt`),
  ca: await pem(`${authority}.crt`),
});

/** The first error, or undefined when the client got through. */
async function firstError(remotes: string, tls?: Awaited<ReturnType<typeof tlsOf>>): Promise<Error | undefined> {
  const client = new OvsdbClient({ remotes, database: nbDatabase, tables, ...(tls && { tls }) });
  const error = await new Promise<Error | undefined>(resolve => {
    client.onStatus(status => {
      if (status.kind === 'waiting') resolve(status.error);
      if (status.kind === 'synchronised') resolve(undefined);
    });
  });
  await client.close();
  return error;
}

test('TLS with a certificate of the common authority', async () => {
  const tls = await tlsOf('client', 'ca');
  const client = new OvsdbClient({ remotes: `ssl:127.0.0.1:${ports.ssl}`, database: nbDatabase, tables, tls });
  await client.synchronised();
  const result = await client.transact([nb.insert('Logical_Router', { name: 'encrypted' })]);
  expect(result.kind).toBe('committed');
  expect([...client.table('Logical_Router').rows.values()]).toEqual([expect.objectContaining({ name: 'encrypted' })]);
  await client.close();
});

test('a server of another authority is not trusted', async () => {
  const error = await firstError(`ssl:127.0.0.1:${ports.ssl}`, await tlsOf('client', 'other-ca'));
  expect(error).toMatchObject({ name: 'ConnectFailed', message: expect.stringContaining('certificate') });
});

test('a client of another authority is turned away', async () => {
  const error = await firstError(`ssl:127.0.0.1:${ports.ssl}`, await tlsOf('stranger', 'ca'));
  expect(error?.name).toBe('ConnectionLost');
});

test('TCP, and a list in which one remote does not answer', async () => {
  expect(await firstError(`tcp:127.0.0.1:${ports.tcp}`)).toBeUndefined();
  const closed = await freePort();
  const remotes = `tcp:127.0.0.1:${closed},tcp:127.0.0.1:${ports.tcp}`;
  const client = new OvsdbClient({ remotes, database: nbDatabase, tables, random: () => 0 });
  await client.synchronised();
  expect(client.status).toEqual({ kind: 'synchronised', remote: `tcp:127.0.0.1:${ports.tcp}` });
  await client.close();
});
