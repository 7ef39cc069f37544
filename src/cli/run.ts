import { type Command, CommanderError } from 'commander';
import { EXIT, LabError, messageOf } from '../lab/errors.ts';
import type { CliContext } from './context.ts';
import { paint } from './output.ts';
import { createProgram } from './program.ts';

/** Runs a command line (without the program's own name) and resolves with its exit code. Errors have been shown then. */
export const runCli = async (
  context: CliContext,
  args: readonly string[],
  addCommands: (program: Command) => void,
): Promise<number> => {
  process.stdout.on('error', endQuietly);
  try {
    const program = createProgram(context);
    addCommands(program);
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return showError(error);
  }
};

/** Whoever read our output (`| head`) has had enough. */
const endQuietly = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
};

/** Users are told what is wrong and what to do; a bug comes with its stack. */
const showError = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  const { stderr } = process;
  if (!(error instanceof LabError)) {
    stderr.write(
      `${paint('red', 'kdc has met a bug:', stderr)} ${(error instanceof Error && error.stack) || messageOf(error)}\n`,
    );
    return EXIT.internal;
  }
  stderr.write(`${paint('red', 'error:', stderr)} ${error.message}\n`);
  if (error.remedy) stderr.write(`${paint('dim', '    →', stderr)} ${error.remedy}\n`);
  return error.exitCode;
};
