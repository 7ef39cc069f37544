import { run } from './run.ts';
import { requirePrintable } from './words.ts';

/** One `ovs-vsctl` command: its words, as on a command line. */
export type VsctlCommand = readonly string[];

/**
 * Runs many commands in one `ovs-vsctl`, which makes them one transaction.
 * It waits until ovs-vswitchd has applied them unless `wait` is false (ovs-vsctl(8)).
 * @throws RangeError before anything is run when a word holds a control character
 */
export const ovsVsctl = async (
  socket: string,
  commands: readonly VsctlCommand[],
  { wait = true }: { wait?: boolean } = {},
): Promise<string> => {
  const words = commands.flatMap(command => ['--', ...command]);
  requirePrintable(words);
  const args = [`--db=unix:${socket}`, '--timeout=20', '--retry', ...(wait ? [] : ['--no-wait']), ...words];
  return (await run('ovs-vsctl', args)).stdout;
};

/** `external_ids:` settings of one record, as words of a `set` command. */
export const externalIds = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([key, value]) => `external_ids:${key}=${JSON.stringify(value)}`);
