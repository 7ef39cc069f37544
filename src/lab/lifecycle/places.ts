/** What `exec` and checks call a machine: a node, an outside host, the switch, or a pod. */
import { type PodPlace, sandboxStatus } from '../control/answers.ts';
import { askControl } from '../control/client.ts';
import { EXIT, LabError } from '../errors.ts';
import { switchEnvironment } from '../fabric/vswitch.ts';
import { enterCommand, type Place } from '../sandbox/command.ts';
import type { Lab } from '../scenario/lab-schema.ts';
import { loadScenario } from '../scenario/load.ts';
import type { RunningLab } from './find-lab.ts';

export interface Machine {
  name: string;
  place: Place;
  /** Added to the environment of what runs there. */
  env: Readonly<Record<string, string>>;
}

/** The command line that, started on the host, runs a command on a machine. */
export const commandOn = (
  { status }: RunningLab,
  machine: Machine,
  command: readonly string[],
): [string, ...string[]] => {
  if (status.sandboxPid === undefined) throw new LabError('the sandbox has not started yet');
  const settings = Object.entries(machine.env).map(([key, value]) => `${key}=${value}`);
  return enterCommand({ sandboxPid: status.sandboxPid, uid: status.uid }, machine.place, [
    'env',
    ...settings,
    ...command,
  ]);
};

/** Finds a machine by name; a pod as `namespace/name`, where the name may leave out what its Deployment appends. */
export const findMachine = async (lab: RunningLab, name: string): Promise<Machine> => {
  const scenario = await loadScenario(lab.status.scenario);
  if (name.includes('/')) return findPod(lab, name);
  const machines = machineNames(scenario.lab);
  if (machines.includes(name)) return { name, place: { netns: name }, env: machineEnvironment(lab, name) };
  throw unknown(name, [...machines, ...(await podNames(lab))]);
};

export const machineNames = (lab: Lab): string[] => [
  lab.switch,
  ...Object.keys(lab.machines),
  ...Object.keys(lab.nodes),
];

const machineEnvironment = ({ paths, environment }: RunningLab, name: string): Record<string, string> => ({
  ...switchEnvironment(paths.machine(name)),
  PATH: `${paths.programs}:${environment.env.PATH ?? ''}`,
  KUBECONFIG: paths.kubeconfigInside,
  OVN_NB_DB: `unix:${paths.northbound}`,
  OVN_SB_DB: `unix:${paths.southbound}`,
});

const podsOf = async ({ paths }: RunningLab): Promise<PodPlace[]> =>
  (await askControl(paths.sandboxSocket, '/status', sandboxStatus))?.pods ?? [];

const podNames = async (lab: RunningLab): Promise<string[]> =>
  (await podsOf(lab)).map(({ namespace, name }) => `${namespace}/${name}`);

const findPod = async (lab: RunningLab, name: string): Promise<Machine> => {
  const pods = await podsOf(lab);
  const named = (matches: (full: string) => boolean): PodPlace | undefined =>
    pods.find(pod => matches(`${pod.namespace}/${pod.name}`));
  const pod = named(full => full === name) ?? named(full => full.startsWith(`${name}-`));
  if (!pod) throw unknown(name, await podNames(lab));
  return { name: `${pod.namespace}/${pod.name}`, place: { netns: pod.netns, mountsOf: pod.pid }, env: {} };
};

const unknown = (name: string, known: readonly string[]): LabError =>
  new LabError(`there is no machine ${name}`, {
    remedy: known.length > 0 ? `there are: ${known.join(', ')}` : 'pods show up in: kubectl get pods -A',
    exitCode: EXIT.usage,
  });
