import { endLab } from '../lab/lifecycle/down.ts';
import { pathsOf } from '../lab/lifecycle/find-lab.ts';
import type { CliContext } from './context.ts';
import { print } from './output.ts';

/** Idempotent: a lab that is not there is down. */
export const labDown = async (context: CliContext, { name }: { name: string }): Promise<void> => {
  const { wasRunning, remains } = await endLab(pathsOf(context, name));
  print(wasRunning ? `lab ${name} is down` : `lab ${name} was not running`);
  if (remains !== undefined) print(remains);
};
