import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type SupervisorStatus, supervisorStatus } from '../control/answers.ts';
import { askControl } from '../control/client.ts';
import type { LabEnvironment } from '../environment.ts';
import { EXIT, LabError } from '../errors.ts';
import { isAlive, readIdentity } from '../state/identity.ts';
import { type LabPaths, labPaths } from '../state/paths.ts';
import { labCommand } from './lab-command.ts';

const NAME = /^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/;

/** Where the lab of this name keeps, or would keep, its files. */
export const pathsOf = ({ labsDirectory }: Pick<LabEnvironment, 'labsDirectory'>, name: string): LabPaths => {
  if (NAME.test(name)) return labPaths(join(labsDirectory, name));
  throw new LabError(`--name ${name}: must be lower-case letters, digits and dashes, at most 32`, {
    exitCode: EXIT.usage,
  });
};

/** Whether the lab's root process lives. */
export const isRunning = (paths: LabPaths): boolean => {
  const supervisor = readIdentity(paths.supervisorIdentity);
  return supervisor !== undefined && isAlive(supervisor);
};

export interface RunningLab {
  name: string;
  paths: LabPaths;
  status: SupervisorStatus;
  environment: LabEnvironment;
}

/** The lab of this name, which has to be up; else a LabError says what there is and how to start one. */
export const runningLab = async (environment: LabEnvironment, name: string): Promise<RunningLab> => {
  const paths = pathsOf(environment, name);
  const status = isRunning(paths) ? await askControl(paths.supervisorSocket, '/status', supervisorStatus) : undefined;
  if (status) return { name, paths, status, environment };
  if (isRunning(paths)) {
    throw new LabError(`lab ${name} is just being started or ended by another \`kdc lab\``, {
      remedy: `wait for it, or end it with: ${labCommand(name, 'down')}`,
    });
  }
  const others = await runningNames(environment);
  throw new LabError(`no lab named ${name} is running${others.length > 0 ? `; running: ${others.join(', ')}` : ''}`, {
    remedy: `start it with: ${labCommand(name, 'up')}`,
    exitCode: EXIT.noLab,
  });
};

export const runningNames = async (environment: LabEnvironment): Promise<string[]> => {
  const names = await readdir(environment.labsDirectory).catch(() => []);
  return names.filter(name => NAME.test(name) && isRunning(pathsOf(environment, name))).sort();
};
