import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { dyingWithParent } from '../../host/daemon.ts';
import { childrenOf } from '../../host/processes.ts';
import type { LabEnvironment } from '../environment.ts';
import { sandboxCommand } from '../sandbox/command.ts';
import { SANDBOX_LOG } from '../sandbox/init.ts';
import type { LabPaths } from '../state/paths.ts';
import { type Report, readEvent } from '../steps.ts';
import { until } from '../wait.ts';

export interface Sandbox {
  /** Its process 1, as the host numbers it. */
  pid: number;
  /** Resolves when it has ended, for whatever reason, with what is known of it. */
  ended: Promise<string>;
}

const START_TIMEOUT_MS = 5_000;

/** Starts the sandbox; it dies with this process. What happens inside is reported as its own events come. */
export const startSandbox = async (
  { uid, kdc, env }: LabEnvironment,
  paths: LabPaths,
  report: Report,
): Promise<Sandbox> => {
  const command = sandboxCommand(uid, paths.directory, [...kdc, 'lab', 'init', '--directory', paths.directory]);
  const [file, ...args] = dyingWithParent(command);
  const logFile = paths.log(SANDBOX_LOG);
  mkdirSync(dirname(logFile), { recursive: true });
  const child = spawn(file, args, {
    env,
    stdio: ['ignore', 'pipe', openSync(logFile, 'a')],
  });
  forwardEvents(child, report);
  const ended = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `it was killed by ${signal}` : `it ended with code ${code}`));
  });
  const pid = await Promise.race([firstChildOf(child.pid), ended.then(() => undefined)]);
  if (pid === undefined) throw new Error(`the sandbox did not start: ${await ended}`);
  return { pid, ended };
};

const firstChildOf = (pid: number | undefined): Promise<number | undefined> =>
  until(() => (pid === undefined ? undefined : childrenOf(pid)[0]), {
    what: 'the sandbox',
    timeoutMs: START_TIMEOUT_MS,
    intervalMs: 5,
  });

const forwardEvents = ({ stdout }: ChildProcess, report: Report): void => {
  if (!stdout) return;
  createInterface({ input: stdout }).on('line', line => {
    const event = readEvent(line);
    if (event) report(event);
  });
};
