import { sandboxStatus } from '../lab/control/answers.ts';
import { askControl } from '../lab/control/client.ts';
import { runningLab } from '../lab/lifecycle/find-lab.ts';
import type { ProcessStatus } from '../lab/sandbox/processes.ts';
import type { CliContext } from './context.ts';
import { formatBytes, paint, print, printTable } from './output.ts';

export const labStatus = async (context: CliContext, { name }: { name: string }): Promise<void> => {
  const { paths, status } = await runningLab(context, name);
  const inside = await askControl(paths.sandboxSocket, '/status', sandboxStatus);
  const processes = [...status.processes, ...(inside?.processes ?? [])];
  const state = status.ready ? paint('green', 'up') : paint('yellow', 'starting');
  print(`lab ${paint('bold', status.name)} is ${state} · scenario ${status.scenario} · ${paths.directory}`);
  print();
  await printTable(['PROCESS', 'STATE', 'MEMORY', 'RESTARTS'], processes.map(row), [2, 3]);
  print();
  const total = processes.reduce((sum, { bytes }) => sum + bytes, 0);
  print(`${processes.length} processes, ${formatBytes(total)}`);
};

const row = ({ name, pid, bytes, restarts }: ProcessStatus): string[] => [
  name,
  pid > 0 ? paint('green', 'running') : paint('red', 'down'),
  pid > 0 ? formatBytes(bytes) : '-',
  restarts > 0 ? paint('yellow', String(restarts)) : '0',
];
