/** Commands that the lab gives to itself. */

import { messageOf } from '../lab/errors.ts';
import { SUPERVISOR_LOG } from '../lab/lifecycle/up.ts';
import { runSandbox, SANDBOX_LOG } from '../lab/sandbox/init.ts';
import { labPaths } from '../lab/state/paths.ts';
import { StepFailed, WHOLE_LAB, writeEvent } from '../lab/steps.ts';
import { supervise } from '../lab/supervisor/supervise.ts';
import type { CliContext } from './context.ts';

interface Options {
  directory: string;
}

/** The root of a lab. It ends when its start fails and when its sandbox ends; all that is under it ends with it. */
export const superviseLab = async (context: CliContext, { directory }: Options): Promise<void> => {
  process.stdout.on('error', () => {}); // whoever followed the start has left
  try {
    const { ended } = await supervise(context, labPaths(directory), writeEvent);
    throw new Error(`the sandbox is gone: ${await ended}`);
  } catch (error) {
    fail(error, SUPERVISOR_LOG);
  }
};

/** The first of our processes in a sandbox; the lab runs as long as it does. */
export const initSandbox = async (context: CliContext, { directory }: Options): Promise<void> => {
  try {
    await runSandbox(labPaths(directory), context.env, writeEvent);
  } catch (error) {
    fail(error, SANDBOX_LOG);
  }
};

const fail = (error: unknown, log: string): never => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  if (!(error instanceof StepFailed)) writeEvent({ step: WHOLE_LAB, state: 'failed', message: messageOf(error), log });
  process.exit(1);
};
