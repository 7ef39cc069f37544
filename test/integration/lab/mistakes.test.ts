/** What a user gets for a mistake on the command line: what is wrong, and an exit code that says whose fault it is. */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kdc, SCENARIO, uniqueName } from './kdc.ts';

const kubeconfig = join(tmpdir(), `mistakes-${process.pid}.yaml`);

beforeAll(() =>
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'a',
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      clusters: [{ name: 'a', cluster: { server: 'http://127.0.0.1:1' } }],
      users: [{ name: 'a', user: {} }],
    }),
  ),
);
afterAll(() => rmSync(kubeconfig));

const controller = ['controller', '--kubeconfig', kubeconfig, '--ovn-nb'];
it.each<[string, string[]]>([
  ['cannot read kubeconfig /nope', ['controller', '--kubeconfig', '/nope', '--ovn-nb', 'unix:/nope']],
  ['OVSDB remote "nonsense": expected unix:PATH', [...controller, 'nonsense']],
  ['--ovn-ca, --ovn-cert and --ovn-key belong together', [...controller, 'ssl:127.0.0.1:1', '--ovn-ca', '/nope']],
  [
    'cannot read /nope',
    [...controller, 'ssl:127.0.0.1:1', '--ovn-ca', '/nope', '--ovn-cert', '/nope', '--ovn-key', '/nope'],
  ],
  ["'--log-level <level>' argument 'loud' is invalid", [...controller, 'unix:/nope', '--log-level', 'loud']],
  [
    "'--port <number>' argument 'abc' is invalid",
    ['apiserver', '--data', '/nope', '--kubeconfig', '/nope', '--port', 'abc'],
  ],
  ["unknown command 'summary'", ['summary', '--help']],
  ["unknown command 'dwon'", ['lab', 'dwon']],
  ['cannot read kubeconfig /nope', ['lab', 'up', SCENARIO, '--name', uniqueName('mistake'), '--kubeconfig', '/nope']],
])('%s', async (message, args) => {
  const { exitCode, stderr } = await kdc(...args);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('met a bug');
  expect(exitCode).toBe(2);
});

it('says which version it is', async () => {
  expect(await kdc('--version')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
