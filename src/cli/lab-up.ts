import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { KubeClient } from '../kube/client.ts';
import { loadKubeconfig } from '../kube/kubeconfig.ts';
import { EXIT, LabError } from '../lab/errors.ts';
import { endLab } from '../lab/lifecycle/down.ts';
import { isRunning, pathsOf, runningLab } from '../lab/lifecycle/find-lab.ts';
import { labCommand } from '../lab/lifecycle/lab-command.ts';
import { programsRun } from '../lab/lifecycle/machine-programs.ts';
import { checkMachine } from '../lab/lifecycle/preflight.ts';
import { startLab } from '../lab/lifecycle/up.ts';
import { watchController } from '../lab/lifecycle/watch-controller.ts';
import { applyObjects, FIELD_MANAGER } from '../lab/objects/apply.ts';
import { describeObject } from '../lab/objects/describe.ts';
import type { Waiting } from '../lab/objects/not-ready.ts';
import { waitReady } from '../lab/objects/wait-ready.ts';
import { parseImageOption } from '../lab/scenario/images.ts';
import { loadScenario, type Scenario } from '../lab/scenario/load.ts';
import { kubeconfigOf } from '../lab/state/kubeconfig.ts';
import type { LabPaths } from '../lab/state/paths.ts';
import { type LabRequest, readRequest } from '../lab/state/request.ts';
import { physicalSteps } from '../lab/steps.ts';
import type { CliContext } from './context.ts';
import { paint, print } from './output.ts';
import { followSteps, runTasks } from './progress.ts';
import { inTypedForm } from './typed.ts';

interface Options {
  name: string;
  kubeconfig?: string;
  image: readonly string[];
}

const READY_TIMEOUT_MS = 90_000;

export const labUp = async (
  context: CliContext,
  scenarioFolder: string | undefined,
  options: Options,
): Promise<void> => {
  const began = performance.now();
  const request = requestOf(context, scenarioFolder, options);
  const scenario = await loadScenario(request.scenario);
  const paths = pathsOf(context, request.name);
  const started = !isRunning(paths);
  if (started) await checkBefore(context, request);
  await endingOnInterrupt(paths, started, async () => {
    if (started)
      await followSteps(request.name, physicalSteps(scenario.lab), report => startLab(context, paths, request, report));
    else await sameLab(context, request);
    await applyScenario(request.name, paths, scenario);
  });
  showSummary(context, request.name, performance.now() - began);
};

/** What can be known to be wrong before anything is started. */
const checkBefore = async (context: CliContext, { kubeconfig }: LabRequest): Promise<void> => {
  checkMachine(context);
  if (kubeconfig !== undefined) await loadKubeconfig(kubeconfig);
};

const requestOf = (
  context: CliContext,
  scenario: string | undefined,
  { name, kubeconfig, image }: Options,
): LabRequest => ({
  name,
  scenario: resolve(scenario ?? context.defaultScenario),
  images: Object.fromEntries(image.map(parseImageOption)),
  ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(kubeconfig) }),
});

/** A running lab takes its scenario's objects again, changed or not; its machines stay as they are. */
const sameLab = async (context: CliContext, request: LabRequest): Promise<void> => {
  const { paths, status } = await runningLab(context, request.name);
  const before = await readRequest(paths);
  if (!status.ready) throw new LabError(`lab ${request.name} is just being started by another \`kdc lab up\``);
  const end = labCommand(request.name, 'down');
  if (before.scenario !== request.scenario || before.kubeconfig !== request.kubeconfig) {
    throw new LabError(`lab ${request.name} is running ${before.scenario}`, {
      remedy: `give the new one another name with --name, or end this one: ${end}`,
      exitCode: EXIT.usage,
    });
  }
  const added = Object.entries(request.images).filter(([image, command]) => before.images[image] !== command);
  if (added.length === 0) return;
  const options = added.map(([image, command]) => `--image '${image}=${command}'`);
  throw new LabError(`lab ${request.name} is running, and takes images only when it is started`, {
    remedy: `end it, then start it with them: ${end}; ${labCommand(request.name, 'up', ...options)}`,
    exitCode: EXIT.usage,
  });
};

const applyScenario = async (name: string, paths: LabPaths, { lab, objects, sources }: Scenario): Promise<void> => {
  const config = await loadKubeconfig(kubeconfigOf(paths, await readRequest(paths)));
  const client = new KubeClient({ config, fieldManager: FIELD_MANAGER });
  const programs = programsRun(name, paths, lab);
  programs.catch(() => {}); // the last task tells, if the others come to their end
  await runTasks([
    {
      title: `${objects.length} objects of the scenario`,
      work: note => applyObjects(client, objects, { sources, onApplied: done => note(`${done} of ${objects.length}`) }),
    },
    {
      title: 'every object ready',
      work: async note => {
        const onWaiting = (waiting: readonly Waiting[]): void => note(summaryOf(waiting));
        using watch = watchController(paths, name);
        await waitReady(client, objects, { timeoutMs: READY_TIMEOUT_MS, onWaiting, sources, signal: watch.signal });
      },
    },
    { title: 'programs of the machines', work: () => programs },
  ]);
  await client.close();
};

const summaryOf = ([first, ...others]: readonly Waiting[]): string => {
  if (!first) return '';
  return `${describeObject(first.object)}: ${first.reason}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
};

const STANDARD_ERROR = 2;
/** The living list of steps hides it. */
const SHOW_CURSOR = process.stderr.isTTY ? '\u001B[?25h' : '';

/** Does the work; Ctrl-C ends it and what this command has started. A lab that ran before is left alone. */
const endingOnInterrupt = async (paths: LabPaths, started: boolean, work: () => Promise<void>): Promise<void> => {
  let interrupted = false;
  const end = async (): Promise<void> => {
    interrupted = true;
    const ended = started ? `: the lab is down, ${(await endLab(paths)).remains ?? 'nothing is left'}` : '';
    // The living list holds back what is written to the streams; the descriptor is free.
    writeSync(STANDARD_ERROR, `${SHOW_CURSOR}\ninterrupted${ended}\n`);
    process.exit(EXIT.interrupted);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  // Not `once`: what the list of steps brings along ends the process on a signal that nobody else listens for.
  for (const signal of signals) process.on(signal, end);
  try {
    await work();
  } catch (error) {
    if (interrupted) await new Promise<never>(() => {}); // it failed because we end it, and `end` ends this process
    throw error;
  }
  for (const signal of signals) process.off(signal, end);
};

const showSummary = ({ typed }: CliContext, name: string, ms: number): void => {
  const command = (...words: [string, ...string[]]): string => inTypedForm(labCommand(name, ...words), typed);
  const next: [line: string, what: string][] = [
    [command('check'), 'every traffic check of the scenario'],
    [command('exec', 'MACHINE', '--', 'COMMAND'), 'a command on a node, an outside host or a pod'],
    [`export KUBECONFIG=$(${command('kubeconfig')})`, 'for kubectl on this machine'],
    [command('down'), 'everything gone'],
  ];
  const width = Math.max(...next.map(([line]) => line.length));
  print(
    `\nlab ${paint('bold', name)} is ${paint('green', 'up')} after ${(ms / 1000).toFixed(1)} s. Where to look next:`,
  );
  for (const [line, what] of next) print(`  ${paint('cyan', line.padEnd(width))}  ${what}`);
};
