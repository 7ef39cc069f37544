import { EXIT, LabError } from '../errors.ts';

/** What a container image's name stands for, as a command to start: the words of its argument list. */
export type ImageTable = ReadonlyMap<string, readonly [string, ...string[]]>;

/** Reads `NAME=COMMAND`, as `--image` takes it. The command may hold `=` itself. */
export const parseImageOption = (text: string): [name: string, command: string] => {
  const at = text.indexOf('=');
  const name = text.slice(0, at).trim();
  const command = text.slice(at + 1).trim();
  if (at < 1 || name === '' || command === '') {
    throw new LabError(`--image ${text}: must be NAME=COMMAND, as in --image redis='redis-server --port 6379'`, {
      exitCode: EXIT.usage,
    });
  }
  return [name, command];
};

/** A shell starts the command line and is replaced by it; the container's own arguments come after the line's. */
const shellCommand = (name: string, command: string): [string, ...string[]] => [
  '/bin/sh',
  '-c',
  `exec ${command} "$@"`,
  name,
];

/** Later sources win: the scenario's table, then what the command line adds. */
export const imageTable = (...sources: readonly Readonly<Record<string, string>>[]): ImageTable =>
  new Map(
    Object.entries(Object.assign({}, ...sources) as Record<string, string>).map(([name, command]) => [
      name,
      shellCommand(name, command),
    ]),
  );
