/** Which objects are not ready, and why, by what the server holds of them now. */
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../resources/meta.ts';
import { type Deployment, type LabelSelector, pods } from '../cluster/core-kinds.ts';
import { describeObject, describeWithFile, type Sources } from './describe.ts';
import { whyNotReady } from './readiness.ts';
import type { ResourceTypes } from './resource-types.ts';

export interface Waiting {
  /** As its author wrote it. */
  object: KubeObject;
  reason: string;
}

export const notReady = async (
  client: KubeClient,
  types: ResourceTypes,
  objects: readonly KubeObject[],
): Promise<Waiting[]> => {
  const found = await Promise.all(objects.map(object => reasonOf(client, types, object)));
  return found.filter(waiting => waiting !== undefined);
};

const reasonOf = async (client: KubeClient, types: ResourceTypes, object: KubeObject): Promise<Waiting | undefined> => {
  const type = await types.of(object);
  const namespace = type.namespaced ? (object.metadata.namespace ?? 'default') : undefined;
  const current = await client.find(type, { namespace, name: object.metadata.name });
  const reason = current ? whyNotReady(current) : 'it does not exist';
  return reason === undefined ? undefined : { object, reason };
};

/** One line for each object that is not ready; for a Deployment, which only counts its pods, one more for the first of those. */
export const explainWaiting = async (
  client: KubeClient,
  waiting: readonly Waiting[],
  sources: Sources,
): Promise<string> => {
  const lines = waiting.map(async ({ object, reason }) => [
    `  ${describeWithFile(object, sources)}: ${reason}`,
    ...(object.kind === 'Deployment' ? await troubleOfPods(client, object as Deployment) : []),
  ]);
  return (await Promise.all(lines)).flat().join('\n');
};

const troubleOfPods = async (client: KubeClient, { metadata, spec }: Deployment): Promise<string[]> => {
  const namespace = metadata.namespace ?? 'default';
  const { items } = await client.list(pods, { namespace, labelSelector: selectorText(spec.selector) });
  const reasons = items.map(pod => ({ pod, reason: whyNotReady(pod) })).filter(({ reason }) => reason !== undefined);
  return reasons.slice(0, 1).map(({ pod, reason }) => `    ${describeObject(pod)}: ${reason}`);
};

const selectorText = ({ matchLabels = {} }: LabelSelector): string =>
  Object.entries(matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join();
