import { isDeepStrictEqual } from 'node:util';
import { joinApiVersion, type KubeObject } from '../object.ts';
import { type Admission, type ApiContext, concerned } from '../plugins/plugin.ts';
import type { Served } from '../registry/registry.ts';
import { convertTo, kindSubjectOf, type Resource, storageKey, storedApiVersion } from '../registry/resource.ts';
import { applyDefaults } from '../schema/defaults.ts';
import { objectAt, stringAt } from '../schema/json.ts';
import { trackUpdate } from '../schema/managed-fields.ts';
import { prune } from '../schema/prune.ts';
import type { JsonObject } from '../schema/types.ts';
import { validate } from '../schema/validate.ts';
import { badRequest, invalid } from '../status-error.ts';
import { asObject } from './as-object.ts';
import type { WriteRequest } from './write-request.ts';

export const apiVersionOf = ({ resource, version }: Served): string => joinApiVersion(resource.group, version.version);

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export const timestamp = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** Refuses an object of another kind or version than the path says, and fills in either when absent. */
export const checkType = (object: JsonObject, served: Served): KubeObject => {
  const expected = { apiVersion: apiVersionOf(served), kind: served.resource.kind };
  const { apiVersion = expected.apiVersion, kind = expected.kind } = object;
  if (apiVersion !== expected.apiVersion) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected.apiVersion})`,
    );
  }
  if (kind !== expected.kind) {
    throw badRequest(`the kind in the data (${kind}) does not match the expected kind (${expected.kind})`);
  }
  return asObject({ ...object, ...expected });
};

/** Drops what the schema does not know, telling or refusing as asked. */
const dropUnknown = (object: KubeObject, request: WriteRequest): KubeObject => {
  const { schema } = request.served.version;
  if (!schema) return object;
  const pruned = prune(object, schema);
  report(
    pruned.unknownFields.map(field => `unknown field ${JSON.stringify(field)}`),
    request,
  );
  return asObject(pruned.object);
};

/** Drops what the schema does not know and sets its defaults. */
export const shape = (object: KubeObject, request: WriteRequest): KubeObject => {
  const { schema } = request.served.version;
  return schema ? asObject(applyDefaults(dropUnknown(object, request), schema)) : object;
};

/** Strict refuses, Warn tells, Ignore does neither. Wording: k8s.io/apimachinery/pkg/runtime strict decoding errors. */
export const report = (problems: readonly string[], { fieldValidation, warnings, served }: WriteRequest): void => {
  if (problems.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Warn') {
    warnings.push(...problems);
    return;
  }
  const { kind } = served.resource;
  const { version } = served.version;
  throw badRequest(
    `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: strict decoding error: ${problems.join(', ')}`,
  );
};

/** What stands between a shaped object and the store: admission, validation, managed fields. Returns the storage version. */
export const complete = (
  api: ApiContext,
  request: WriteRequest,
  admission: Omit<Admission, 'api'>,
  track: boolean,
): KubeObject => {
  const { resource, version } = request.served;
  const plugins = concerned(api.plugins, storageKey(resource));
  for (const plugin of plugins) plugin.admit?.({ ...admission, api });
  const { object, old } = admission;
  const name = object.metadata.name ?? '';
  const asServed = convertTo(resource, object, apiVersionOf(request.served));
  const oldAsServed = old && convertTo(resource, old, apiVersionOf(request.served));
  const errors = version.schema ? validate(asServed, version.schema) : [];
  const rules = version.checkRules?.(asServed, oldAsServed, errors) ?? [];
  const particular = plugins.flatMap(plugin => plugin.validate?.({ ...admission, api }) ?? []);
  const all = [...errors, ...rules, ...particular];
  if (all.length > 0) throw invalid(kindSubjectOf(resource), name, all);
  if (!track || !version.schema) return object;
  const tracked = trackUpdate({
    ...(oldAsServed && { live: oldAsServed }),
    updated: asServed,
    schema: version.schema,
    manager: request.manager,
    hasStatus: version.status,
    time: timestamp(api.now()),
    ...(request.subresource && { subresource: request.subresource }),
  });
  return convertTo(resource, asObject(tracked), storedApiVersion(resource));
};

/** `metadata.generation` of what follows `live`: one more when anything but metadata and status differs. */
export const nextGeneration = (
  resource: Resource,
  live: KubeObject,
  next: KubeObject,
  hasStatus: boolean,
): number | undefined => {
  const { generation } = live.metadata;
  if (!resource.countsGenerations) return generation;
  const strip = ({ metadata: _, status, ...rest }: KubeObject): JsonObject =>
    hasStatus || status === undefined ? rest : { ...rest, status };
  return isDeepStrictEqual(strip(live), strip(next)) ? generation : (generation ?? 0) + 1;
};

/** The name in a client's object, or `''`. */
export const nameIn = (object: JsonObject): string => stringAt(objectAt(object, 'metadata'), 'name');
