import type { KubeClient } from '../../kube/client.ts';
import { NotFound } from '../../kube/errors.ts';
import type { KubeObject } from '../../resources/meta.ts';
import { LabError, messageOf } from '../errors.ts';
import { until } from '../wait.ts';
import { ResourceTypes } from './resource-types.ts';

/** Who the lab's writes are recorded as. */
export const FIELD_MANAGER = 'kdc-lab';

const TIMEOUT_MS = 20_000;

/** `EIp shalb-demo/default-gw`, as people name an object. */
export const describeObject = ({
  kind,
  metadata,
}: {
  kind: string;
  metadata: { namespace?: string | undefined; name: string };
}): string => `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;

/**
 * Applies one object, server-side. Its kind or its namespace may be a moment away (a definition just applied, a Project
 * whose controller makes the namespace), so absence is waited out.
 */
export const applyObject = async (client: KubeClient, types: ResourceTypes, object: KubeObject): Promise<void> => {
  let refusal: unknown;
  const attempt = async (): Promise<boolean> => {
    const type = await types.find(object);
    if (!type) return false;
    try {
      await client.apply(type, inNamespace(object, type.namespaced), { force: true });
      return true;
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      refusal = error;
      return false;
    }
  };
  try {
    await until(attempt, { what: describeObject(object), timeoutMs: TIMEOUT_MS, intervalMs: 100 });
  } catch (error) {
    throw new LabError(`${describeObject(object)} could not be applied: ${messageOf(refusal ?? error)}`);
  }
};

const inNamespace = (object: KubeObject, namespaced: boolean): KubeObject =>
  namespaced && !object.metadata.namespace
    ? { ...object, metadata: { ...object.metadata, namespace: 'default' } }
    : object;

/** In the order given: what comes later may rest on what came before. */
export const applyObjects = async (
  client: KubeClient,
  objects: readonly KubeObject[],
  onApplied: (done: number) => void = () => {},
): Promise<void> => {
  const types = new ResourceTypes(client);
  for (const [index, object] of objects.entries()) {
    await applyObject(client, types, object);
    onApplied(index + 1);
  }
};
