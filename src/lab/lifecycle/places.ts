/** What `exec` and checks call a machine: a node, an outside host, the switch, or a pod. */
import { podCommand, podNames } from '../control/answers.ts';
import { askControl } from '../control/client.ts';
import { EXIT, LabError } from '../errors.ts';
import { switchEnvironment } from '../fabric/vswitch.ts';
import { enterCommand, type SandboxRef } from '../sandbox/command.ts';
import { machineNames } from '../scenario/lab-rules.ts';
import { loadScenario } from '../scenario/load.ts';
import type { RunningLab } from './find-lab.ts';

/**
 * The command line that, started on the host, runs a command on a machine. A pod is named `namespace/name`, where the name
 * may leave out what its Deployment appends.
 */
export const commandOn = (
  lab: RunningLab,
  machine: string,
  command: readonly string[],
): Promise<[string, ...string[]]> =>
  machine.includes('/') ? commandOnPod(lab, machine, command) : commandOnMachine(lab, machine, command);

const commandOnMachine = async (
  lab: RunningLab,
  machine: string,
  command: readonly string[],
): Promise<[string, ...string[]]> => {
  const { lab: world } = await loadScenario(lab.status.scenario);
  const known = machineNames(world);
  if (!known.includes(machine)) throw unknown(machine, [...known, ...(await podsOf(lab))]);
  const settings = Object.entries(machineEnvironment(lab, machine)).map(([key, value]) => `${key}=${value}`);
  return enterCommand(sandboxOf(lab), machine, ['env', ...settings, ...command]);
};

const commandOnPod = async (
  lab: RunningLab,
  pod: string,
  command: readonly string[],
): Promise<[string, ...string[]]> => {
  const [namespace, name] = pod.split('/');
  const inside = await askControl(lab.paths.sandboxSocket, '/pod-command', podCommand, { namespace, name, command });
  if (!inside) throw unknown(pod, await podsOf(lab));
  return enterCommand(sandboxOf(lab), undefined, inside);
};

const sandboxOf = ({ status: { sandboxPid, uid } }: RunningLab): SandboxRef => {
  if (sandboxPid === undefined) throw new LabError('the sandbox has not started yet');
  return { sandboxPid, uid };
};

/** Programs of Open vSwitch and OVN find their daemons, and kubectl the API. */
const machineEnvironment = ({ paths, environment }: RunningLab, name: string): Record<string, string> => ({
  ...switchEnvironment(paths.machine(name)),
  PATH: `${paths.programs}:${environment.env.PATH ?? ''}`,
  KUBECONFIG: paths.kubeconfigInside,
  OVN_NB_DB: `unix:${paths.northbound}`,
  OVN_SB_DB: `unix:${paths.southbound}`,
});

export const podsOf = async ({ paths }: Pick<RunningLab, 'paths'>): Promise<string[]> =>
  (await askControl(paths.sandboxSocket, '/pods', podNames)) ?? [];

const unknown = (name: string, known: readonly string[]): LabError =>
  new LabError(`there is no machine ${name}, or it does not run now`, {
    remedy: `there are: ${known.join(', ')}`,
    exitCode: EXIT.usage,
  });
