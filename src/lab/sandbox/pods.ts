/** The pods of all nodes, as `exec` and `logs` ask for them. */
import type { z } from 'zod';
import type { KubeClient } from '../../kube/client.ts';
import { podType } from '../../resources/builtin/core.ts';
import type { NodeAgent } from '../agent/node-agent.ts';
import {
  type podCommand,
  podCommandQuestion,
  type podLog,
  podLogQuestion,
  type podNames,
  type podQuestion,
} from '../control/answers.ts';
import type { Answers } from '../control/server.ts';

interface PodPlace {
  agent: NodeAgent;
  pod: { namespace: string; pod: string };
}

/** Knows no pods until it has been given the API and the agents. */
export class Pods {
  #client: KubeClient | undefined;
  readonly #agents = new Map<string, NodeAgent>();

  connect(client: KubeClient): void {
    this.#client = client;
  }

  addAgent(node: string, agent: NodeAgent): void {
    this.#agents.set(node, agent);
  }

  async names(): Promise<z.infer<typeof podNames>> {
    const pods = (await this.#client?.list(podType))?.items ?? [];
    return pods.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`).sort();
  }

  /** The pod of this name, else the first whose name begins with it and a dash, as a Deployment names its pods. */
  async find({ namespace, name }: z.infer<typeof podQuestion>): Promise<PodPlace | undefined> {
    const pods = (await this.#client?.list(podType, { namespace }))?.items ?? [];
    const running = pods.filter(pod => !pod.metadata.deletionTimestamp);
    const pod =
      running.find(({ metadata }) => metadata.name === name) ??
      running.find(({ metadata }) => metadata.name.startsWith(`${name}-`));
    const agent = this.#agents.get(pod?.spec.nodeName ?? '');
    return pod && agent && { agent, pod: { namespace, pod: pod.metadata.name } };
  }
}

export const podAnswers = (pods: Pods): Answers => ({
  '/pods': () => pods.names(),
  '/pod-command': async (question): Promise<z.infer<typeof podCommand>> => {
    const { command, ...wanted } = podCommandQuestion.parse(question);
    const place = await pods.find(wanted);
    return place?.agent.execCommand(place.pod, command) ?? null;
  },
  '/pod-log': async (question): Promise<z.infer<typeof podLog>> => {
    const { since, ...wanted } = podLogQuestion.parse(question);
    const place = await pods.find(wanted);
    return place?.agent.logs(place.pod, since === undefined ? {} : { since: new Date(since) }) ?? null;
  },
});
