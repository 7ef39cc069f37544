import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { delayAfter } from '../base/backoff.ts';
import { inNamespace } from './namespace.ts';

export interface DaemonSpec {
  /** What people call it: `kube-dc-worker-1/ovs-vswitchd`. */
  name: string;
  command: readonly [string, ...string[]];
  /** Its standard output and error are appended here. */
  logFile: string;
  netns?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  /** The kernel kills it when this process dies, however it dies. Needed only where no process id namespace does that. */
  dieWithParent?: boolean;
  /** Called each time it has been started again after an end that nobody asked for. */
  onRestart?: (() => void) | undefined;
}

/** A long-lived child process. It is started again, with growing delays, until `stop` is called. */
export interface Daemon {
  readonly name: string;
  readonly logFile: string;
  /** Undefined while it is not running. */
  pid(): number | undefined;
  restarts(): number;
  /** Asks it to end, kills it when it has not after the grace period, and resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
}

const RESTART = { firstMs: 200, longestMs: 10_000 };
const STOP_GRACE_MS = 2_000;

/** A command line that the kernel kills when the process that started it dies, however it dies (prctl(2), PR_SET_PDEATHSIG). */
export const dyingWithParent = (command: readonly [string, ...string[]]): [string, ...string[]] => [
  'setpriv',
  '--pdeathsig',
  'KILL',
  '--',
  ...command,
];

const commandLine = (spec: DaemonSpec): [string, ...string[]] => {
  const command = inNamespace(spec.netns, spec.command);
  return spec.dieWithParent ? dyingWithParent(command) : command;
};

export const startDaemon = (spec: DaemonSpec): Daemon => {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  let child: ChildProcess | undefined;
  let restarts = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;

  const ended = (how: string): void => {
    child = undefined;
    if (stopping) return;
    restarts += 1;
    const delay = delayAfter(restarts, RESTART);
    note(spec.logFile, `${spec.name} ${how}; starting it again in ${delay} ms`);
    timer = setTimeout(() => {
      start();
      spec.onRestart?.();
    }, delay);
  };

  const start = (): void => {
    const [file, ...args] = commandLine(spec);
    const log = openSync(spec.logFile, 'a');
    const started = spawn(file, args, { env: spec.env, stdio: ['ignore', log, log] });
    closeSync(log);
    child = started;
    started.once('error', error => ended(`could not be started: ${error.message}`));
    started.once('exit', (code, signal) => ended(signal ? `was killed by ${signal}` : `ended with code ${code}`));
  };

  start();
  return {
    name: spec.name,
    logFile: spec.logFile,
    pid: () => child?.pid,
    restarts: () => restarts,
    stop: async (graceMs = STOP_GRACE_MS) => {
      stopping = true;
      clearTimeout(timer);
      if (child) await terminate(child, graceMs);
    },
  };
};

const note = (logFile: string, line: string): void => {
  const log = openSync(logFile, 'a');
  writeSync(log, `-- ${new Date().toISOString()} ${line}\n`);
  closeSync(log);
};

const terminate = (child: ChildProcess, graceMs: number): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
