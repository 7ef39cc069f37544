import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { startTimeOf } from '../../host/processes.ts';

const identitySchema = z.strictObject({ pid: z.int(), startTime: z.string() });

/** One process for good: its id alone may be given again to another. */
export type ProcessIdentity = z.infer<typeof identitySchema>;

export const identityOf = (pid: number): ProcessIdentity | undefined => {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
};

export const isAlive = ({ pid, startTime }: ProcessIdentity): boolean => startTimeOf(pid) === startTime;

export const writeIdentity = (file: string, identity: ProcessIdentity): void =>
  writeFileSync(file, JSON.stringify(identity));

/** Undefined when the file is missing or unreadable: then nobody can be found by it. */
export const readIdentity = (file: string): ProcessIdentity | undefined => {
  try {
    return identitySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
};
