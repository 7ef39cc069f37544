import type { KubeObject } from '../object.ts';
import type { ApiContext } from '../plugins/plugin.ts';
import { checkName } from '../registry/names.ts';
import { convertTo, kindSubjectOf, storageKey, storedApiVersion, subjectOf } from '../registry/resource.ts';
import type { JsonObject } from '../schema/types.ts';
import { alreadyExists, badRequest, fieldRequired, invalid, StatusError } from '../status-error.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Transaction } from '../store/store.ts';
import { checkType, complete, shape, timestamp } from './prepare.ts';
import type { WriteRequest } from './write-request.ts';

/** `track` is off for objects whose managed fields the caller has set (server-side apply). */
export const create = (
  api: ApiContext,
  transaction: Transaction,
  request: WriteRequest,
  body: JsonObject,
  track = true,
): StoredRecord => {
  const { resource, version } = request.served;
  if (resource.terminating) throw terminatingDefinition();
  const shaped = shape(checkType(body, request.served), request);
  if (shaped.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  const object = convertTo(resource, withIdentity(api, request, shaped), storedApiVersion(resource));
  if (version.status) delete object.status;
  const name = object.metadata.name ?? '';
  const key = { resource: storageKey(resource), namespace: request.namespace, name };
  if (transaction.get(key)) throw alreadyExists(subjectOf(resource), name);
  const admission = { verb: 'create', resource, subresource: undefined, object, old: undefined, transaction } as const;
  return transaction.put(key, complete(api, request, admission, track));
};

const terminatingDefinition = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'create not allowed while custom resource definition is terminating');

/** The object with all that the server decides about a new one. */
const withIdentity = (api: ApiContext, request: WriteRequest, object: KubeObject): KubeObject => {
  const { resource } = request.served;
  const { selfLink: _, deletionTimestamp: __, deletionGracePeriodSeconds: ___, ...given } = object.metadata;
  const name = given.name || (given.generateName ? generatedName(given.generateName, api) : '');
  checkNewName(request, name);
  const metadata: KubeObject['metadata'] = {
    ...given,
    name,
    uid: api.newUid(),
    creationTimestamp: timestamp(api.now()),
    ...(resource.namespaced && { namespace: namespaceOf(request, given.namespace) }),
  };
  if (!resource.namespaced) delete metadata.namespace;
  if (resource.countsGenerations) metadata.generation = 1;
  else delete metadata.generation;
  return { ...object, metadata };
};

/** The prefix is cut so that the whole stays within 63 characters. */
const generatedName = (prefix: string, api: ApiContext): string => `${prefix.slice(0, 58)}${api.nameSuffix()}`;

const checkNewName = ({ served: { resource } }: WriteRequest, name: string): void => {
  const errors = name
    ? checkName(resource.nameRule, name)
    : [fieldRequired('metadata.name', 'name or generateName is required')];
  if (errors.length > 0) throw invalid(kindSubjectOf(resource), name, errors);
};

export const namespaceOf = ({ namespace }: WriteRequest, given: string | undefined): string => {
  if (given && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return namespace;
};
