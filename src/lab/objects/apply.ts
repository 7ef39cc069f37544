import type { KubeClient } from '../../kube/client.ts';
import { ApiError, BadRequest, Forbidden, Invalid, NotFound } from '../../kube/errors.ts';
import type { KubeObject } from '../../resources/meta.ts';
import { EXIT, LabError, messageOf } from '../errors.ts';
import { until } from '../wait.ts';
import { describeWithFile, type Sources } from './describe.ts';
import { explainWaiting, notReady } from './not-ready.ts';
import { ResourceTypes } from './resource-types.ts';

/** Who the lab's writes are recorded as. */
export const FIELD_MANAGER = 'kdc-lab';

const TIMEOUT_MS = 20_000;

/** Its kind or its namespace may be a moment away, or the last of its name a moment from being gone. */
const mayPass = (error: unknown): boolean =>
  error instanceof NotFound || (error instanceof Forbidden && error.message.includes('being terminated'));

/**
 * Applies one object, server-side; a field that its kind does not have is an error. What may pass is waited out: a
 * definition just applied, a Project whose controller makes the namespace.
 */
const applyObject = async (client: KubeClient, types: ResourceTypes, object: KubeObject): Promise<void> => {
  let refusal: unknown;
  const attempt = async (): Promise<boolean> => {
    try {
      const type = await types.of(object);
      await client.apply(type, inNamespace(object, type.namespaced), { force: true, fieldValidation: 'Strict' });
      return true;
    } catch (error) {
      refusal = error;
      if (mayPass(error) || error instanceof LabError) return false;
      throw error;
    }
  };
  await until(attempt, { what: 'the object', timeoutMs: TIMEOUT_MS, intervalMs: 100 }).catch(error => {
    throw refusal ?? error;
  });
};

const inNamespace = (object: KubeObject, namespaced: boolean): KubeObject =>
  namespaced && !object.metadata.namespace
    ? { ...object, metadata: { ...object.metadata, namespace: 'default' } }
    : object;

export interface ApplyOptions {
  onApplied?: (done: number) => void;
  sources?: Sources;
}

/** In the order given: what comes later may rest on what came before. */
export const applyObjects = async (
  client: KubeClient,
  objects: readonly KubeObject[],
  { onApplied = () => {}, sources = new Map() }: ApplyOptions = {},
): Promise<void> => {
  const types = new ResourceTypes(client);
  for (const [index, object] of objects.entries()) {
    await applyObject(client, types, object).catch(async error => {
      const what = `${describeWithFile(object, sources)} could not be applied: ${saidBy(error)}`;
      const why = mayPass(error) ? await whatIsMissing(client, types, objects.slice(0, index), sources) : '';
      throw new LabError(`${what}${why}`, helpFor(error));
    });
    onApplied(index + 1);
  }
};

/** What should have made way for an object, and has not. */
const whatIsMissing = async (
  client: KubeClient,
  types: ResourceTypes,
  before: readonly KubeObject[],
  sources: Sources,
): Promise<string> => {
  const waiting = await notReady(client, types, before);
  return waiting.length === 0
    ? ''
    : `\nnot ready of what came before it:\n${await explainWaiting(client, waiting, sources)}`;
};

const helpFor = (error: unknown): { remedy?: string; exitCode?: number } => ({
  ...(error instanceof LabError && error.remedy ? { remedy: error.remedy } : {}),
  ...(error instanceof BadRequest || error instanceof Invalid || error instanceof LabError
    ? { exitCode: EXIT.usage }
    : {}),
});

/** The server's own words, without the request they answer. */
const saidBy = (error: unknown): string =>
  error instanceof ApiError ? (error.status.message ?? error.message) : messageOf(error);
