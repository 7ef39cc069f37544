import { pathsOf, runningLab } from '../lab/lifecycle/find-lab.ts';
import { copyLog, logComponents, logFileOf } from '../lab/lifecycle/logs.ts';
import { podsOf } from '../lab/lifecycle/places.ts';
import { copyPodLog } from '../lab/lifecycle/pod-log.ts';
import type { LabPaths } from '../lab/state/paths.ts';
import type { CliContext } from './context.ts';
import { paint, print } from './output.ts';

interface Options {
  name: string;
  follow?: boolean;
}

/** The logs of components can be read from a lab that has died as well, as long as its folder is there. */
export const labLogs = async (
  context: CliContext,
  component: string | undefined,
  { name, follow = false }: Options,
): Promise<void> => {
  const paths = pathsOf(context, name);
  if (component === undefined) return listComponents(paths);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const options = { follow, signal: interrupted.signal };
  const file = await logFileOf(paths, component);
  if (file !== undefined) await copyLog(file, process.stdout, options);
  else await copyPodLog(await runningLab(context, name), component, process.stdout, options);
};

const listComponents = async (paths: LabPaths): Promise<void> => {
  const pods = await podsOf({ paths });
  print([...(await logComponents(paths)), ...pods.map(pod => `${pod} ${paint('dim', '(pod)')}`)].join('\n'));
};
