/** Starts a lab's root process and follows what it reports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { LabEnvironment } from '../environment.ts';
import { EXIT, LabError } from '../errors.ts';
import { identityOf, writeIdentity } from '../state/identity.ts';
import type { LabPaths } from '../state/paths.ts';
import { type LabRequest, writeRequest } from '../state/request.ts';
import { type Report, readEvent, WHOLE_LAB } from '../steps.ts';
import { isRunning } from './find-lab.ts';
import { labCommand } from './lab-command.ts';

export const SUPERVISOR_LOG = 'supervisor';

/**
 * Resolves when the lab's process has reported that all is up, or has ended: its last words are in its events.
 * The process goes on without us.
 */
export const startLab = async (
  environment: LabEnvironment,
  paths: LabPaths,
  request: LabRequest,
  report: Report,
): Promise<void> => {
  await claimDirectory(paths, request.name);
  await writeRequest(paths, request);
  mkdirSync(paths.logs, { recursive: true });
  // Kept open: a lab that ends removes its folder, but what is open can still be read.
  const log = openSync(paths.log(SUPERVISOR_LOG), 'a+');
  const child = spawnSupervisor(environment, paths, log);
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (identity) writeIdentity(paths.supervisorIdentity, identity);
  let explained = false;
  try {
    await follow(child, event => {
      explained ||= event.state === 'failed' || event.step === WHOLE_LAB;
      report(event);
    });
    if (!explained) throw new LabError(`the lab ended while it was starting; its last words:\n${lastWords(log)}`);
  } finally {
    closeSync(log);
  }
};

/** The folder is the claim to the name: only one `up` can make it. What a lab that died has left in it goes first. */
const claimDirectory = async (paths: LabPaths, name: string): Promise<void> => {
  await mkdir(paths.directory, { recursive: true, mode: 0o700 });
  if (isRunning(paths)) {
    throw new LabError(`${paths.directory} belongs to a lab that is just being started or stopped`, {
      remedy: `wait for it, or end it with: ${labCommand(name, 'down')}`,
    });
  }
  await rm(paths.directory, { recursive: true, force: true });
  await mkdir(paths.directory, { mode: 0o700 }).catch(() => {
    throw new LabError(`another \`kdc lab up\` has just claimed ${paths.directory}`);
  });
};

const LAST_BYTES = 4096;
const LAST_LINES = 20;

/** The end of a file. */
const lastWords = (file: number): string => {
  const bytes = Buffer.alloc(LAST_BYTES);
  const read = readSync(file, bytes, 0, LAST_BYTES, Math.max(0, fstatSync(file).size - LAST_BYTES));
  return bytes.toString('utf8', 0, read).trimEnd().split('\n').slice(-LAST_LINES).join('\n') || 'none';
};

const spawnSupervisor = ({ kdc, env }: LabEnvironment, paths: LabPaths, log: number): ChildProcess => {
  const [file, ...args] = kdc;
  return spawn(file, [...args, 'lab', 'supervise', '--directory', paths.directory], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', log],
  });
};

const follow = (child: ChildProcess, report: Report): Promise<void> =>
  new Promise((resolve, reject) => {
    const { stdout } = child;
    if (!stdout) throw new Error('the supervisor was started without a pipe');
    const lines = createInterface({ input: stdout });
    const leave = (): void => {
      lines.close();
      stdout.destroy();
      child.unref();
      resolve();
    };
    lines.on('line', line => {
      const event = readEvent(line);
      if (!event) return;
      report(event);
      if (event.step === 'lab' && event.state === 'done') leave();
    });
    child.once('error', error =>
      reject(new LabError(`the lab's process could not be started: ${error.message}`, { exitCode: EXIT.internal })),
    );
    child.once('exit', leave);
  });
