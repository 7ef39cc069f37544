/** One run of a container: its namespaces, root and process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { namespacePath } from '../../host/namespace.ts';
import { type BindMount, parentDirectories, planBinds, prepareRoot } from './container-root.ts';
import { createLogWriter, type LogWriter } from './log-file.ts';
import type { RootEntry } from './root-layers.ts';

const initScript = fileURLToPath(new URL('container-init.sh', import.meta.url));

export interface ContainerLaunch {
  /** In memory; made for this run and removed after it. */
  directory: string;
  netns: string;
  hostname: string;
  workingDirectory: string;
  environment: ReadonlyMap<string, string>;
  command: readonly string[];
  binds: readonly BindMount[];
  /** Files of its own /etc, by name. */
  etc: ReadonlyMap<string, string>;
  rootPlan: readonly RootEntry[];
  logFile: string;
  now: () => Date;
}

export interface ContainerExit {
  /** 128 + n when signal n ended it. */
  exitCode: number;
  /** What went wrong before the program could be started; the exit code then tells nothing. */
  setupError?: string;
}

export interface ContainerProcess {
  /** The container's process 1, as this process sees it. */
  pid: number;
  /** Resolves when nothing of the container is left. */
  exited: Promise<ContainerExit>;
  terminate(): void;
  kill(): void;
}

/** The container could not be set up; the message is the failed command's own. */
export class ContainerSetupFailed extends Error {
  override readonly name = 'ContainerSetupFailed';
}

/** `setpriv` and `--kill-child`: whatever ends this process ends the container. */
export const launchCommand = (launch: ContainerLaunch): [string, ...string[]] => [
  'setpriv',
  ...['--pdeathsig', 'KILL', '--'],
  ...['nsenter', `--net=${namespacePath(launch.netns)}`, '--'],
  ...['unshare', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child', '--'],
  ...['/bin/sh', initScript, launch.directory, launch.hostname, launch.workingDirectory],
];

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/**
 * What starts the program in the container's root. A file rather than arguments: a process's arguments are everybody's to
 * read as long as it runs, and variables may be secrets.
 */
export const startScript = ({ directory, workingDirectory, environment, command }: ContainerLaunch): string => {
  const enter = ['exec', 'chroot', `${directory}/root`, '/usr/bin/env', '-i', '--default-signal'];
  const variables = [...environment].map(([name, value]) => `${name}=${value}`);
  return `${[...enter, `--chdir=${workingDirectory}`, '--', ...variables, ...command].map(quoted).join(' ')}\n`;
};

const lines = (items: readonly string[]): string => items.map(item => `${item}\n`).join('');

const prepare = async (launch: ContainerLaunch): Promise<void> => {
  const { directory, rootPlan, binds, etc } = launch;
  const root = `${directory}/root`;
  await mkdir(root, { recursive: true });
  const mounts = await prepareRoot({ root, layers: `${directory}/layers` }, rootPlan, etc);
  const planned = planBinds(root, binds);
  await Promise.all([
    writeFile(`${directory}/start`, startScript(launch), { mode: 0o600 }),
    writeFile(`${directory}/fstab`, lines(mounts)),
    writeFile(`${directory}/binds`, lines(planned.mounts)),
    writeFile(`${directory}/files`, lines(planned.files)),
    writeFile(`${directory}/directories`, lines(parentDirectories(planned.files))),
  ]);
};

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGKILL: 9, SIGTERM: 15, SIGINT: 2 };

const exitOf = (child: ChildProcess): Promise<ContainerExit> =>
  new Promise(resolve => {
    child.once('error', error => resolve({ exitCode: 127, setupError: error.message }));
    child.once('close', (code, signal) =>
      resolve({ exitCode: code ?? 128 + ((signal && signalNumbers[signal]) || 0) }),
    );
  });

/** What is said before `begin` is the set-up's, unless the set-up succeeds: then the program was just faster than its news. */
const captureOutput = (child: ChildProcess, launch: ContainerLaunch) => {
  const early: { writer: LogWriter; chunk: Buffer }[] = [];
  let begun = false;
  for (const stream of ['stdout', 'stderr'] as const) {
    const writer = createLogWriter(launch.logFile, stream, launch.now);
    child[stream]?.on('data', (chunk: Buffer) => {
      if (begun) writer.write(chunk);
      else early.push({ writer, chunk });
    });
    child[stream]?.once('end', () => writer.end());
  }
  return {
    begin: () => {
      begun = true;
      for (const { writer, chunk } of early.splice(0)) writer.write(chunk);
    },
    setupOutput: () =>
      Buffer.concat(early.map(({ chunk }) => chunk))
        .toString()
        .trim(),
  };
};

/** What the init script reports on descriptor 3: its process id, then that the program is being started. */
const readProgress = async (control: Readable): Promise<{ pid: number; started: boolean }> => {
  let pid = 0;
  for await (const line of createInterface({ input: control })) {
    if (line === 'started') return { pid, started: true };
    pid = Number(line);
  }
  return { pid, started: false };
};

/** @throws ContainerSetupFailed */
export const startContainer = async (launch: ContainerLaunch): Promise<ContainerProcess> => {
  await prepare(launch);
  const [file, ...args] = launchCommand(launch);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: true });
  const output = captureOutput(child, launch);
  const exited = exitOf(child).then(async exit => {
    await rm(launch.directory, { recursive: true, force: true });
    return exit;
  });
  const { pid, started } = await readProgress(child.stdio[3] as Readable);
  if (!started) {
    const exit = await exited;
    throw new ContainerSetupFailed(
      exit.setupError ?? (output.setupOutput() || `set-up ended with code ${exit.exitCode}`),
    );
  }
  output.begin();
  return {
    pid,
    exited,
    terminate: () => signal(pid, 'SIGTERM'),
    kill: () => child.kill('SIGKILL'),
  };
};

/** A process that is gone needs no signal. */
const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    /* ESRCH */
  }
};

/** Where a running container can be entered. */
export interface ContainerEntrance {
  pid: number;
  directory: string;
  workingDirectory: string;
  environment: ReadonlyMap<string, string>;
}

/** A command line that runs `command` in a running container: in all of its namespaces, its root and its environment. */
export const execCommand = (entrance: ContainerEntrance, command: readonly string[]): [string, ...string[]] => [
  'nsenter',
  ...[`--target=${entrance.pid}`, '--mount', '--root', '--uts', '--ipc', '--net', '--pid', '--'],
  ...['chroot', `${entrance.directory}/root`, '/usr/bin/env', '-i', `--chdir=${entrance.workingDirectory}`, '--'],
  ...[...entrance.environment].map(([name, value]) => `${name}=${value}`),
  ...command,
];
