import { rm } from 'node:fs/promises';
import { childrenOf } from '../../host/processes.ts';
import { identityOf, isAlive, type ProcessIdentity, readIdentity } from '../state/identity.ts';
import type { LabPaths } from '../state/paths.ts';
import { readRequest } from '../state/request.ts';
import { until } from '../wait.ts';
import { leaveApi } from './foreign-api.ts';

const GONE_TIMEOUT_MS = 15_000;

export interface Ended {
  /** False: there was no lab. */
  wasRunning: boolean;
  /** What is left of it elsewhere, in a Kubernetes API that is not its own. */
  remains?: string;
}

/** Ends a lab: kills its root, waits until the last of its processes is gone, removes its folder, and its Nodes from an API of others. */
export const endLab = async (paths: LabPaths): Promise<Ended> => {
  const { kubeconfig, scenario = '' } = (await readRequest(paths).catch(() => undefined)) ?? {};
  const root = readIdentity(paths.supervisorIdentity);
  const wasRunning = root !== undefined && isAlive(root);
  if (wasRunning) await killTree(root);
  await rm(paths.directory, { recursive: true, force: true });
  return { wasRunning, ...(kubeconfig === undefined ? {} : { remains: await leaveApi(kubeconfig, scenario) }) };
};

/** The kernel ends the descendants when the root ends; they are listed before, to see that it did. */
const killTree = async (root: ProcessIdentity): Promise<void> => {
  const tree = [root, ...descendantsOf(root.pid)];
  process.kill(root.pid, 'SIGKILL');
  await until(() => !tree.some(isAlive), { what: 'the end of all processes of the lab', timeoutMs: GONE_TIMEOUT_MS });
};

const descendantsOf = (pid: number): ProcessIdentity[] =>
  childrenOf(pid).flatMap(child => {
    const identity = identityOf(child);
    return identity ? [identity, ...descendantsOf(child)] : [];
  });
