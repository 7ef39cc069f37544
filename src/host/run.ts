import { spawn } from 'node:child_process';
import { inNamespace } from './namespace.ts';

export interface RunOptions {
  /** The network namespace to run in, as `ip netns` names it. */
  netns?: string | undefined;
  /** Written to the command's standard input; without it the input is empty. */
  input?: string | undefined;
  /** The whole environment; without it the caller's own. */
  env?: NodeJS.ProcessEnv | undefined;
  /** The command is killed after this long, in milliseconds. Default: 30 s. */
  timeoutMs?: number | undefined;
}

/** How a command ended. `exitCode` is 128 + n when signal n ended it, as a shell reports it. */
export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A command that did not do what it was asked: which one, how it ended, and what it said. */
export class CommandFailed extends Error {
  readonly command: readonly string[];
  readonly result: RunResult;

  constructor(command: readonly string[], result: RunResult) {
    const said = result.stderr.trim() || result.stdout.trim() || 'it printed nothing';
    super(`\`${shown(command)}\` ended with code ${result.exitCode}: ${said}`);
    this.name = 'CommandFailed';
    this.command = command;
    this.result = result;
  }
}

const LONGEST_SHOWN = 200;

const shown = (command: readonly string[]): string => {
  const line = command.join(' ');
  return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line;
};

/** Runs a command to its end. Throws `CommandFailed` when its exit code is not 0, and when it cannot be started. */
export const run = async (command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> => {
  const result = await tryRun(command, args, options);
  if (result.exitCode !== 0) throw new CommandFailed([command, ...args], result);
  return result;
};

const DEFAULT_TIMEOUT_MS = 30_000;
const CANNOT_START = 127;
const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a command to its end, whatever that end is. A command that cannot be started has exit code 127, as in a shell. */
export const tryRun = (command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> =>
  new Promise(resolve => {
    const [file, ...rest] = inNamespace(options.netns, [command, ...args]);
    const child = spawn(file, rest, {
      env: options.env,
      timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      stdio: 'pipe',
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const end = (exitCode: number, why = '') =>
      resolve({ exitCode, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() + why });
    child.on('error', error => end(CANNOT_START, error.message));
    child.on('close', (code, signal) => end(code ?? 128 + ((signal && SIGNAL_NUMBERS[signal]) || 0)));
    child.stdin.on('error', () => {}); // a command may end before it has read its input; its exit code tells
    child.stdin.end(options.input ?? '');
  });
