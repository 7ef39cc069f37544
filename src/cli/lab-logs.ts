import { pathsOf } from '../lab/lifecycle/find-lab.ts';
import { copyLog, logComponents, logFileOf } from '../lab/lifecycle/logs.ts';
import type { CliContext } from './context.ts';
import { print } from './output.ts';

/** Works on a lab that has died as well, as long as its folder is there. */
export const labLogs = async (
  context: CliContext,
  component: string | undefined,
  { name, follow = false }: { name: string; follow?: boolean },
): Promise<void> => {
  const paths = pathsOf(context, name);
  if (component === undefined) {
    print((await logComponents(paths)).join('\n'));
    return;
  }
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  await copyLog(await logFileOf(paths, component), process.stdout, { follow, signal: interrupted.signal });
};
