/** What a lab leaves in a Kubernetes API that is not its own. */
import { KubeClient } from '../../kube/client.ts';
import { NotFound } from '../../kube/errors.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import type { KubeObject, ResourceType } from '../../resources/meta.ts';
import { leases, nodes } from '../cluster/core-kinds.ts';
import { messageOf } from '../errors.ts';
import { FIELD_MANAGER } from '../objects/apply.ts';
import { loadScenario } from '../scenario/load.ts';

const TIMEOUT_MS = 10_000;

/** Removes the Nodes of a lab that has ended: nobody speaks for them any more. Resolves with what to tell of the rest. */
export const leaveApi = async (kubeconfig: string, scenario: string): Promise<string> => {
  const rest =
    `the scenario's objects and the definitions of kube-dc.com and kubeovn.io stay in the API of ${kubeconfig}; to remove ` +
    'them, delete the objects while a lab runs there, whose controllers let go of them, then the definitions';
  try {
    await removeNodes(kubeconfig, scenario);
    return rest;
  } catch (error) {
    return `the lab's Nodes could not be removed: ${messageOf(error)}; ${rest}`;
  }
};

const removeNodes = async (kubeconfig: string, scenario: string): Promise<void> => {
  const { lab } = await loadScenario(scenario);
  const client = new KubeClient({ config: await loadKubeconfig(kubeconfig), fieldManager: FIELD_MANAGER });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const remove = <T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) =>
    client.delete(type, { namespace, name }, { signal }).catch(ignoreAbsence);
  try {
    for (const name of Object.keys(lab.nodes)) {
      await remove(nodes, undefined, name);
      await remove(leases, 'kube-node-lease', name);
    }
  } finally {
    await client.close();
  }
};

const ignoreAbsence = (error: unknown): void => {
  if (!(error instanceof NotFound)) throw error;
};
