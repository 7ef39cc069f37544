/** Whether the programs that a scenario has its machines run do run. */
import { sandboxStatus } from '../control/answers.ts';
import { askControl } from '../control/client.ts';
import { LabError } from '../errors.ts';
import type { ProcessStatus } from '../sandbox/processes.ts';
import type { Lab } from '../scenario/lab-schema.ts';
import type { LabPaths } from '../state/paths.ts';
import { until } from '../wait.ts';
import { labCommand } from './lab-command.ts';

const MOMENT_MS = 1_000;
const TIMEOUT_MS = 15_000;
const INTERVAL_MS = 100;

/** Since when, in milliseconds of any clock, each program runs as the process it is now. */
export type Runs = ReadonlyMap<string, { pid: number; since: number }>;

/** What was seen at `now` added to what was seen before: a program that is another process, or none, begins anew. */
export const runsAt = (before: Runs, processes: readonly Pick<ProcessStatus, 'name' | 'pid'>[], now: number): Runs =>
  new Map(
    processes.map(({ name, pid }) => {
      const known = before.get(name);
      return [name, known && known.pid === pid ? known : { pid, since: now }] as const;
    }),
  );

/** Those of `names` that have not run for a moment. */
export const unsteadyOf = (runs: Runs, names: readonly string[], now: number): string[] =>
  names.filter(name => {
    const { pid, since } = runs.get(name) ?? { pid: 0, since: now };
    return pid === 0 || now - since < MOMENT_MS;
  });

/** Waits until each program of a machine has run for a moment. A LabError names one that does not, and its log. */
export const programsRun = async (lab: string, paths: LabPaths, { machines }: Pick<Lab, 'machines'>): Promise<void> => {
  const names = Object.entries(machines).flatMap(([machine, { processes }]) =>
    Object.keys(processes).map(process => `${machine}/${process}`),
  );
  let runs: Runs = new Map();
  let unsteady: readonly string[] = names;
  const allRun = async (): Promise<boolean> => {
    const status = await askControl(paths.sandboxSocket, '/status', sandboxStatus);
    const now = performance.now();
    runs = runsAt(runs, status?.processes ?? [], now);
    unsteady = unsteadyOf(runs, names, now);
    return unsteady.length === 0;
  };
  await until(allRun, { what: 'programs', timeoutMs: TIMEOUT_MS, intervalMs: INTERVAL_MS }).catch(error => {
    const [first] = unsteady;
    if (first === undefined) throw error;
    throw new LabError(
      `machine ${first.replace(/\/.*/, '')}: its program ${unsteady.join(', ')} ends whenever it is started`,
      {
        remedy: `its log: ${labCommand(lab, 'logs', first)}`,
      },
    );
  });
};
