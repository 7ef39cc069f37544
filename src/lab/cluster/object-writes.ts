/** Writes that are sent only when they change something. */
import { AlreadyExists, NotFound } from '../../kube/errors.ts';
import type { Informer } from '../../kube/informer.ts';
import { refOf } from '../../kube/resource-path.ts';
import type { KubeObject, ResourceType } from '../../resources/meta.ts';
import type { ClusterContext } from './context.ts';
import { canonicalJson } from './name-hash.ts';

/** Zeros, nulls and empty lists are left out: a real API server does not store most of them. */
const significant = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(significant);
  if (value === null || value === 0 || value === '') return undefined;
  if (typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, member]) => [key, significant(member)] as const);
  const kept = members.filter(([, member]) => member !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

/** Equal as far as the API can tell. */
export const sameContent = (a: unknown, b: unknown): boolean =>
  canonicalJson(significant(a) ?? null) === canonicalJson(significant(b) ?? null);

/** Takes the answer into the cache, so that the next decision already knows of it. */
export const createObserved = async <T extends KubeObject>(
  { client }: ClusterContext,
  type: ResourceType<T>,
  cache: Informer<T>,
  object: T,
): Promise<void> => cache.observe(await client.create(type, object));

/** As `createObserved`; an object of that name that is there already will come by the watch. */
export const createIfAbsent = async <T extends KubeObject>(
  context: ClusterContext,
  type: ResourceType<T>,
  cache: Informer<T>,
  object: T,
): Promise<void> => {
  await createObserved(context, type, cache, object).catch(error => {
    if (!(error instanceof AlreadyExists)) throw error;
  });
};

/** Merge-patches fields of the object, if nobody wrote it meanwhile; the watch brings the next chance otherwise. */
export const patchObserved = async <T extends KubeObject>(
  { client }: ClusterContext,
  type: ResourceType<T>,
  cache: Informer<T>,
  object: T,
  body: object,
  subresource?: string,
): Promise<void> => {
  const options = subresource === undefined ? {} : { subresource };
  cache.observe(await client.patch(type, refOf(object), { type: 'merge', body }, options));
};

export const patchStatus = async <T extends KubeObject & { status?: object }>(
  context: ClusterContext,
  type: ResourceType<T>,
  cache: Informer<T>,
  object: T,
  status: object,
): Promise<void> => {
  if (sameContent({ ...object.status, ...status }, object.status)) return;
  const body = { metadata: { resourceVersion: object.metadata.resourceVersion }, status };
  await patchObserved(context, type, cache, object, body, 'status');
};

/** Deletes this very object; that it is gone already is fine. */
export const deleteObserved = async <T extends KubeObject>(
  { client }: ClusterContext,
  type: ResourceType<T>,
  cache: Informer<T>,
  object: T,
  gracePeriodSeconds?: number,
): Promise<void> => {
  const { uid } = object.metadata;
  try {
    const remaining = await client.delete(type, refOf(object), {
      ...(uid === undefined ? {} : { preconditions: { uid } }),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      propagationPolicy: 'Background',
    });
    if (remaining) cache.observe(remaining);
    else cache.observeDeletion(object);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
};
