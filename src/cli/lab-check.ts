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
  const title = `${chosen.length} ${chosen.length === 1 ? 'check' : 'checks'} of ${lab.status.scenario}`;
  const work = async (note: (text: string) => void): Promise<void> => {
    for (const check of chosen) {
      note(`${check.name}: ${check.why}`);
      results.push(await runCheck({ lab, client, folder }, check));
    }
  };
  await runTasks([{ title, work }]);
  await client.close();
  await showResults(results);
  process.exitCode = results.some(({ failure }) => failure !== undefined) ? EXIT.failed : 0;
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
  const failed = results.filter(({ failure }) => failure !== undefined);
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
