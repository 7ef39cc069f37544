import { type Command, CommanderError } from 'commander';
import { ClusterConfigError } from '../kube/cluster-config.ts';
import { EXIT, LabError, messageOf } from '../lab/errors.ts';
import { InvalidRemote } from '../ovsdb/errors.ts';
import type { CliContext } from './context.ts';
import { paint } from './output.ts';
import { createProgram } from './program.ts';
import { inTypedForm } from './typed.ts';

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
    refuseUnknown(program, args);
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return showError(error, context.typed);
  }
};

/** With `--help` after it, commander would take any word for a command and be content. */
const refuseUnknown = (command: Command, [word, ...rest]: readonly string[]): void => {
  if (command.commands.length === 0 || word === undefined || word.startsWith('-') || word === 'help') return;
  const next = command.commands.find(candidate => candidate.name() === word);
  if (next === undefined) command.error(`error: unknown command '${word}'`);
  refuseUnknown(next, rest);
};

/** Whoever read our output (`| head`) has had enough. */
const endQuietly = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
};

/** What a user can put right; undefined for bugs. Clients say what is wrong with what they were given, but not which flag gave it. */
const asMistake = (error: unknown): LabError | undefined => {
  if (error instanceof LabError) return error;
  const remedy = remedyOf(error);
  return remedy === undefined ? undefined : new LabError(messageOf(error), { remedy, exitCode: EXIT.usage });
};

const remedyOf = (error: unknown): string | undefined => {
  if (error instanceof ClusterConfigError) return 'name a kubeconfig that kubectl can use, with --kubeconfig';
  if (error instanceof InvalidRemote)
    return 'say where the Northbound database is, with --ovn-nb unix:/run/ovn/ovnnb_db.sock';
  return undefined;
};

/** Users are told what is wrong and what to do; a bug comes with its stack. */
const showError = (error: unknown, typed: string): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  const { stderr } = process;
  const mistake = asMistake(error);
  if (!mistake) {
    stderr.write(
      `${paint('red', 'kdc has met a bug:', stderr)} ${(error instanceof Error && error.stack) || messageOf(error)}\n`,
    );
    return EXIT.internal;
  }
  stderr.write(`${paint('red', 'error:', stderr)} ${inTypedForm(mistake.message, typed)}\n`);
  if (mistake.remedy) stderr.write(`${paint('dim', '    →', stderr)} ${inTypedForm(mistake.remedy, typed)}\n`);
  return mistake.exitCode;
};
