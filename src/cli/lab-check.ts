import { writeSync } from 'node:fs';
import { KubeClient } from '../kube/client.ts';
import { loadKubeconfig } from '../kube/kubeconfig.ts';
import { type CheckResult, runCheck } from '../lab/checks/run-check.ts';
import { EXIT, LabError } from '../lab/errors.ts';
import { runningLab } from '../lab/lifecycle/find-lab.ts';
import { FIELD_MANAGER } from '../lab/objects/apply.ts';
import type { Check } from '../lab/scenario/checks-schema.ts';
import { loadScenario } from '../lab/scenario/load.ts';
import { kubeconfigOf } from '../lab/state/kubeconfig.ts';
import { readRequest } from '../lab/state/request.ts';
import type { CliContext } from './context.ts';
import { paint, print, printTable } from './output.ts';
import { runTasks } from './progress.ts';

export const labCheck = async (
  context: CliContext,
  names: readonly string[],
  { name }: { name: string },
): Promise<void> => {
  const lab = await runningLab(context, name);
  const { checks, folder } = await loadScenario(lab.status.scenario);
  const chosen = choose(checks, names);
  const config = await loadKubeconfig(kubeconfigOf(lab.paths, await readRequest(lab.paths)));
  const client = new KubeClient({ config, fieldManager: FIELD_MANAGER });
  const results: CheckResult[] = [];
  const signal = untilInterrupted();
  const title = `${chosen.length} ${chosen.length === 1 ? 'check' : 'checks'} of ${lab.status.scenario}`;
  const work = async (note: (text: string) => void): Promise<void> => {
    for (const check of chosen) {
      if (signal.aborted) break;
      note(`${check.name}: ${check.why}`);
      results.push(await runCheck({ lab, client, folder, signal }, check));
    }
    if (failedOf(results).length > 0) throw new ChecksFailed();
  };
  await runTasks([{ title, work }]).catch(error => {
    if (!(error instanceof ChecksFailed)) throw error;
  });
  await client.close();
  await showResults(results);
  process.exitCode = exitCodeOf(results, signal);
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const STANDARD_ERROR = 2;

/** Aborted by Ctrl-C; a second one ends this process at once. */
const untilInterrupted = (): AbortSignal => {
  const aborting = new AbortController();
  const interrupt = (): void => {
    if (aborting.signal.aborted) process.exit(EXIT.interrupted);
    aborting.abort();
    // The living list holds back what is written to the streams; the descriptor is free.
    writeSync(STANDARD_ERROR, '\ninterrupted: what the running check has made is being undone\n');
  };
  for (const name of SIGNALS) process.on(name, interrupt);
  return aborting.signal;
};

/** Makes the list show that not all held; which did not, the table tells. */
class ChecksFailed extends Error {}

const failedOf = (results: readonly CheckResult[]): CheckResult[] =>
  results.filter(({ failure }) => failure !== undefined);

const exitCodeOf = (results: readonly CheckResult[], interrupted: AbortSignal): number => {
  if (interrupted.aborted) return EXIT.interrupted;
  return failedOf(results).length > 0 ? EXIT.failed : 0;
};

/** In the order of the scenario, whatever order they are named in. */
const choose = (checks: readonly Check[], names: readonly string[]): readonly Check[] => {
  const known = checks.map(check => check.name);
  const unknown = names.filter(name => !known.includes(name));
  if (unknown.length > 0) {
    throw new LabError(`no check is called ${unknown.join(', ')}`, {
      remedy: `there are: ${known.join(', ') || 'none'}`,
      exitCode: EXIT.usage,
    });
  }
  return names.length === 0 ? checks : checks.filter(({ name }) => names.includes(name));
};

const showResults = async (results: readonly CheckResult[]): Promise<void> => {
  print();
  await printTable(['', 'CHECK', 'SHOWS THAT', 'TIME'], results.map(row), [3]);
  const failed = failedOf(results);
  for (const { check, failure } of failed) print(`\n${paint('red', '✖')} ${paint('bold', check.name)}: ${failure}`);
  const held = results.length - failed.length;
  print(
    `\n${paint('green', `${held} held`)}${failed.length > 0 ? `, ${paint('red', `${failed.length} failed`)}` : ''}`,
  );
};

const row = ({ check, failure, ms }: CheckResult): string[] => [
  failure === undefined ? paint('green', '✔') : paint('red', '✖'),
  check.name,
  check.why,
  `${(ms / 1000).toFixed(1)} s`,
];
