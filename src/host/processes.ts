import { readdirSync, readFileSync } from 'node:fs';

/** One line of `/proc/PID/stat` split where the command's name, which may hold spaces, ends (proc(5)). */
const statFields = (pid: number): string[] | undefined => {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // it is gone
  }
};

const START_TIME_FIELD = 19; // field 22 of the whole line

/** When a process started, in clock ticks since boot: together with its id this names one process for good. Undefined: gone. */
export const startTimeOf = (pid: number): string | undefined => {
  const fields = statFields(pid);
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[START_TIME_FIELD];
};

/** Resident memory in bytes; undefined when the process is gone. */
export const residentBytes = (pid: number): number | undefined => {
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
};

/** The children of a process, as seen from this process's id namespace. */
export const childrenOf = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap(task =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
};
