import { echoCommand, type ImageTable } from '../agent/images.ts';
import { EXIT, LabError } from '../errors.ts';

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

/** The built-in echo server, then the scenario's table, then what the command line adds; the later wins. */
export const imageTable = (...sources: readonly Readonly<Record<string, string>>[]): ImageTable => {
  const commands = sources.flatMap(source => Object.entries(source));
  return new Map([
    ['echo', echoCommand],
    ...commands.map(([name, line]): [string, string[]] => [name, shellCommand(name, line)]),
  ]);
};
