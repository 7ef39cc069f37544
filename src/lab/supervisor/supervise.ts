/** The root of a lab's process tree: the API server, the controllers and the sandbox are its children and die with it. */
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SupervisorStatus } from '../control/answers.ts';
import { serveControl } from '../control/server.ts';
import type { LabEnvironment } from '../environment.ts';
import { SANDBOX_LOG } from '../sandbox/init.ts';
import { Processes } from '../sandbox/processes.ts';
import { loadScenario } from '../scenario/load.ts';
import { kubeconfigOf } from '../state/kubeconfig.ts';
import type { LabPaths } from '../state/paths.ts';
import { type LabRequest, readRequest } from '../state/request.ts';
import { type Report, runStep, WHOLE_LAB } from '../steps.ts';
import { startApi } from './api.ts';
import { startSandbox } from './sandbox-process.ts';
import { StepBoard } from './step-board.ts';

/** Resolves when the lab is up, and then runs on. Rejects at the first step that fails, and when the sandbox ends. */
export const supervise = async (
  environment: LabEnvironment,
  paths: LabPaths,
  report: Report,
): Promise<{ ended: Promise<string> }> => {
  const request = await readRequest(paths);
  const { lab } = await loadScenario(request.scenario);
  const withPrograms = await providePrograms(environment, paths);
  const processes = new Processes(paths, withPrograms.env);
  const board = new StepBoard(report);
  const sandbox = await startSandbox(withPrograms, paths, board.report);
  const status: SupervisorStatus = {
    name: request.name,
    scenario: request.scenario,
    sandboxPid: sandbox.pid,
    uid: environment.uid,
    ready: false,
    processes: [],
  };
  await serveControl(paths.supervisorSocket, {
    '/status': () => ({ ...status, processes: [Processes.self('supervisor'), ...processes.status()] }),
  });
  const up = async (): Promise<void> => {
    await Promise.all([
      runStep(board.report, 'api', 'apiserver', () =>
        startApi(withPrograms, paths, request, processes, lab.apiAddress),
      ),
      board.done('ovn'),
    ]);
    await runStep(board.report, 'controller', 'controller', async () =>
      startController(withPrograms, paths, request, processes),
    );
    await board.done('cluster');
  };
  const lost = sandbox.ended.then(how => {
    throw new Error(`the sandbox is gone: ${how}; its log is ${paths.log(SANDBOX_LOG)}`);
  });
  await Promise.race([up(), lost]);
  status.ready = true;
  board.report({ step: WHOLE_LAB, state: 'done' });
  return { ended: sandbox.ended };
};

/** Everything the lab runs finds our programs first on its PATH. */
const providePrograms = async (environment: LabEnvironment, paths: LabPaths): Promise<LabEnvironment> => {
  await mkdir(paths.programs, { recursive: true });
  const programs = {
    kdc: join(environment.root, 'kdc'),
    kubectl: join(environment.root, '.tools', 'kubectl'),
    node: process.execPath,
  };
  await Promise.all(Object.entries(programs).map(([name, target]) => symlink(target, join(paths.programs, name))));
  return { ...environment, env: { ...environment.env, PATH: `${paths.programs}:${environment.env.PATH ?? ''}` } };
};

const startController = ({ kdc }: LabEnvironment, paths: LabPaths, request: LabRequest, processes: Processes): void => {
  processes.start({
    name: 'controller',
    command: [
      ...kdc,
      'controller',
      '--kubeconfig',
      kubeconfigOf(paths, request),
      '--ovn-nb',
      `unix:${paths.northbound}`,
      '--no-leader-elect',
    ],
    dieWithParent: true,
  });
};
