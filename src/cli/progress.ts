/** The steps that `kdc lab up` shows while they happen: a living list on a terminal, one line each elsewhere. */
import { Listr, type ListrTask } from 'listr2';
import { LabError } from '../lab/errors.ts';
import { labCommand } from '../lab/lifecycle/lab-command.ts';
import { SUPERVISOR_LOG } from '../lab/lifecycle/up.ts';
import { type Report, type StepEvent, WHOLE_LAB } from '../lab/steps.ts';

const LOOK = {
  registerSignalListeners: false,
  rendererOptions: { showErrorMessage: false, collapseSkips: false },
} as const;

/** What went wrong is told once, after the list. */
const SEE_BELOW = 'see below';

export interface Task {
  title: string;
  /** `note` says beside the title how far it is; where lines cannot be overwritten, nothing does. */
  work: (note: (text: string) => void) => Promise<void>;
}

/** Does one task after the other. Rejects with the error of the first that fails. */
export const runTasks = async (tasks: readonly Task[]): Promise<void> => {
  let failure: { error: unknown } | undefined;
  const list = tasks.map(
    ({ title, work }): ListrTask => ({
      title,
      task: async (_, task) => {
        const note = (text: string): void => {
          if (process.stdout.isTTY) task.output = text;
        };
        await work(note).catch(error => {
          failure = { error };
          throw new Error(SEE_BELOW);
        });
      },
    }),
  );
  await new Listr(list, LOOK).run().catch(error => {
    throw failure ? failure.error : error;
  });
};

/** Steps that another process does at the same time, as `work` hears of them. Rejects when one fails or the whole does. */
export const followSteps = async (
  lab: string,
  titles: readonly { step: string; title: string }[],
  work: (report: Report) => Promise<void>,
): Promise<void> => {
  const ends = new Map(titles.map(({ step }) => [step, Promise.withResolvers<StepEvent | undefined>()]));
  const events: StepEvent[] = [];
  const report: Report = event => {
    events.push(event);
    if (event.state !== 'running') ends.get(event.step)?.resolve(event);
  };
  const tasks = titles.map(
    ({ step, title }): ListrTask => ({
      title,
      task: async (_, task) => {
        const end = await ends.get(step)?.promise;
        if (end === undefined) task.skip(`${title}: not finished`);
        if (end?.state === 'failed') throw new Error(SEE_BELOW);
      },
    }),
  );
  const drawn = new Listr(tasks, { ...LOOK, concurrent: true, exitOnError: false }).run();
  await work(report).finally(() => {
    for (const end of ends.values()) end.resolve(undefined);
    return drawn;
  });
  throwIfFailed(lab, events, titles);
};

const throwIfFailed = (
  lab: string,
  events: readonly StepEvent[],
  titles: readonly { step: string; title: string }[],
): void => {
  const failed = events.find(({ state }) => state === 'failed');
  if (failed) {
    const title = titles.find(({ step }) => step === failed.step)?.title ?? 'the lab';
    const end = `then end what is left: ${labCommand(lab, 'down')}`;
    const remedy = failed.log ? { remedy: `its log: ${labCommand(lab, 'logs', failed.log)}; ${end}` } : {};
    throw new LabError(`${title}: ${failed.message ?? 'failed'}`, remedy);
  }
  if (events.some(({ step, state }) => step === WHOLE_LAB && state === 'done')) return;
  throw new LabError('the lab ended while it was starting', {
    remedy: `its log: ${labCommand(lab, 'logs', SUPERVISOR_LOG)}`,
  });
};
