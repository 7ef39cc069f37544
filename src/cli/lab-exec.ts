import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { runningLab } from '../lab/lifecycle/find-lab.ts';
import { commandOn } from '../lab/lifecycle/places.ts';
import type { CliContext } from './context.ts';

/** Runs a command on this terminal; Ctrl-C is the command's business. */
export const labExec = async (
  context: CliContext,
  machine: string,
  command: readonly string[],
  options: { name: string },
): Promise<void> => {
  const lab = await runningLab(context, options.name);
  const [file, ...args] = await commandOn(lab, machine, command[0] === '--' ? command.slice(1) : command);
  process.on('SIGINT', () => {});
  const child = spawn(file, args, { stdio: 'inherit', env: context.env });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
};
