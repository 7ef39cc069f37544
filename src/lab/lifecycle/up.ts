/** Starts a lab's root process and follows what it reports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { LabEnvironment } from '../environment.ts';
import { EXIT, LabError } from '../errors.ts';
import { identityOf, writeIdentity } from '../state/identity.ts';
import type { LabPaths } from '../state/paths.ts';
import { type LabRequest, writeRequest } from '../state/request.ts';
import { type Report, readEvent } from '../steps.ts';
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
  const child = spawnSupervisor(environment, paths);
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (identity) writeIdentity(paths.supervisorIdentity, identity);
  await follow(child, report);
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

const spawnSupervisor = ({ kdc, env }: LabEnvironment, paths: LabPaths): ChildProcess => {
  mkdirSync(paths.logs, { recursive: true });
  const log = openSync(paths.log(SUPERVISOR_LOG), 'a');
  const [file, ...args] = kdc;
  const child = spawn(file, [...args, 'lab', 'supervise', '--directory', paths.directory], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', log],
  });
  closeSync(log);
  return child;
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
