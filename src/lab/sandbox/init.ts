/** What runs inside the sandbox: the physical network, OVN, the nodes, and on them the pods. */
import type { SandboxStatus } from '../control/answers.ts';
import { serveControl } from '../control/server.ts';
import { layCables, startMachine, startSwitch } from '../fabric/build.ts';
import type { Vswitch } from '../fabric/vswitch.ts';
import { startNode } from '../node/node.ts';
import { startOvnCentral } from '../ovn/central.ts';
import type { Lab } from '../scenario/lab-schema.ts';
import { loadScenario } from '../scenario/load.ts';
import type { LabPaths } from '../state/paths.ts';
import { readRequest } from '../state/request.ts';
import { type Report, runStep } from '../steps.ts';
import { startClusterPart } from './cluster-part.ts';
import { Pods, podAnswers } from './pods.ts';
import { Processes } from './processes.ts';

export const SANDBOX_LOG = 'sandbox';

/** Resolves when all steps are done; rejects with `StepFailed` at the first that is not. The sandbox then lives on until it is killed. */
export const runSandbox = async (paths: LabPaths, env: NodeJS.ProcessEnv, report: Report): Promise<void> => {
  const request = await readRequest(paths);
  const { lab } = await loadScenario(request.scenario);
  const processes = new Processes(paths, env);
  const pods = new Pods();
  await runStep(report, 'sandbox', SANDBOX_LOG, () =>
    serveControl(paths.sandboxSocket, {
      '/status': (): SandboxStatus => ({ processes: [Processes.self('sandbox'), ...processes.status()] }),
      ...podAnswers(pods),
    }),
  );
  const [switches] = await Promise.all([
    buildWorld(paths, processes, lab, report),
    runStep(report, 'ovn', 'ovn-northd', () => startOvnCentral(paths, processes)),
  ]);
  await runStep(report, 'cluster', SANDBOX_LOG, () => startClusterPart({ paths, lab, request, switches, pods, env }));
};

/** Resolves with each node's switch. */
const buildWorld = async (
  paths: LabPaths,
  processes: Processes,
  lab: Lab,
  report: Report,
): Promise<ReadonlyMap<string, Vswitch>> => {
  const cables = await runStep(report, 'cables', SANDBOX_LOG, () => layCables(lab));
  const nodes = Object.entries(lab.nodes).map(([name, node]) =>
    runStep(report, `node/${name}`, `${name}/ovs-vswitchd`, () => startNode(paths, processes, lab, name, node)),
  );
  await Promise.all([
    runStep(report, 'switch', `${lab.switch}/ovs-vswitchd`, () => startSwitch(paths, processes, lab, cables)),
    ...Object.entries(lab.machines).map(([name, machine]) =>
      runStep(report, `machine/${name}`, SANDBOX_LOG, () => startMachine(name, machine, processes)),
    ),
  ]);
  return new Map((await Promise.all(nodes)).map(vswitch => [vswitch.machine, vswitch]));
};
