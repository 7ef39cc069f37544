/** Runs `./kdc` as a user does, in a lab of the test's own. */
import { execFile, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..', '..');

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise(done => {
    execFile(
      command,
      args,
      { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env }, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        done({ code, stdout, stderr });
      },
    );
  });

/** One lab, by name. */
export const labOf = (name: string) => {
  const kdc = (command: string, ...args: readonly string[]) => run('./kdc', ['lab', command, '--name', name, ...args]);
  let kubeconfig = '';
  return {
    kdc,
    /** A command on a machine; its standard output, or an error that says what came instead. */
    async exec(machine: string, ...command: readonly string[]): Promise<string> {
      const { code, stdout, stderr } = await kdc('exec', machine, '--', ...command);
      if (code !== 0) throw new Error(`${machine}: ${command.join(' ')} ended with ${code}: ${stderr}${stdout}`);
      return stdout;
    },
    async kubectl(...args: readonly string[]): Promise<Ended> {
      kubeconfig ||= (await kdc('kubeconfig')).stdout.trim();
      return run('.tools/kubectl', args, { KUBECONFIG: kubeconfig });
    },
    /** `kubectl apply` of a manifest. */
    async apply(manifest: string): Promise<Ended> {
      kubeconfig ||= (await kdc('kubeconfig')).stdout.trim();
      const { status, stdout, stderr } = spawnSync('.tools/kubectl', ['apply', '-f', '-'], {
        cwd: root,
        input: manifest,
        encoding: 'utf8',
        env: { ...process.env, KUBECONFIG: kubeconfig },
      });
      return { code: status ?? 1, stdout, stderr };
    },
  };
};
