import { runningLab } from '../lab/lifecycle/find-lab.ts';
import { kubeconfigOf } from '../lab/state/kubeconfig.ts';
import { readRequest } from '../lab/state/request.ts';
import type { CliContext } from './context.ts';
import { print } from './output.ts';

export const labKubeconfig = async (context: CliContext, { name }: { name: string }): Promise<void> => {
  const { paths } = await runningLab(context, name);
  print(kubeconfigOf(paths, await readRequest(paths)));
};
