/** Runs `kdc` as a user does, and looks at what it leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { childrenOf } from '../../../src/host/processes.ts';
import { run, tryRun } from '../../../src/host/run.ts';
import { identityOf, isAlive, type ProcessIdentity, readIdentity } from '../../../src/lab/state/identity.ts';
import { type LabPaths, labPaths, labsDirectory } from '../../../src/lab/state/paths.ts';

const KDC = fileURLToPath(new URL('../../../kdc', import.meta.url));
export const SCENARIO = fileURLToPath(new URL('scenario', import.meta.url));
const TIMEOUT_MS = 55_000;

/** A name that no other lab has, so that a lab of a developer is left alone. */
export const uniqueName = (what: string): string => `test-${what}-${process.pid}`;

export const pathsOfLab = (name: string): LabPaths =>
  labPaths(`${labsDirectory(process.getuid?.() ?? 0, process.env.XDG_RUNTIME_DIR)}/${name}`);

export const kdc = (...args: string[]) => tryRun(KDC, args, { timeoutMs: TIMEOUT_MS });

export const startKdc = (...args: string[]): ChildProcess => spawn(KDC, args, { stdio: 'ignore' });

export const up = async (name: string): Promise<void> => {
  await run(KDC, ['lab', 'up', SCENARIO, '--name', name], { timeoutMs: TIMEOUT_MS });
};

export const exec = (name: string, machine: string, command: readonly string[], input?: string) =>
  tryRun(KDC, ['lab', 'exec', '--name', name, machine, '--', ...command], { input, timeoutMs: TIMEOUT_MS });

/** The lab's root process and everything under it. */
export const processesOf = (name: string): ProcessIdentity[] => {
  const root = readIdentity(pathsOfLab(name).supervisorIdentity);
  return root && isAlive(root) ? [root, ...descendants(root.pid)] : [];
};

const descendants = (pid: number): ProcessIdentity[] =>
  childrenOf(pid).flatMap(child => {
    const identity = identityOf(child);
    return identity ? [identity, ...descendants(child)] : [];
  });

/** What of a lab can still be seen: processes of those given, mounts, its folder. */
export const leftovers = (name: string, processes: readonly ProcessIdentity[]): string[] => [
  ...processes.filter(isAlive).map(({ pid }) => `process ${pid}`),
  ...readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter(line => line.includes(pathsOfLab(name).directory)),
  ...(existsSync(pathsOfLab(name).directory) ? [pathsOfLab(name).directory] : []),
];
