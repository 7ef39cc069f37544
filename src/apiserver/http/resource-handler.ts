import { asObject } from '../operations/as-object.ts';
import { create } from '../operations/create.ts';
import { deleteObject } from '../operations/delete.ts';
import { deleteCollection } from '../operations/delete-collection.ts';
import { list } from '../operations/list.ts';
import { flag, parseListOptions } from '../operations/list-options.ts';
import { patch } from '../operations/patch.ts';
import { getScale, patchScale, replaceScale } from '../operations/scale.ts';
import { replace } from '../operations/update.ts';
import type { FieldValidation, WriteRequest } from '../operations/write-request.ts';
import { storageKey, subjectOf, subresourcesOf } from '../registry/resource.ts';
import { isObject } from '../schema/json.ts';
import type { JsonObject, JsonValue } from '../schema/types.ts';
import { badRequest, fieldRequired, invalid, methodNotAllowed, noSuchResource, notFound } from '../status-error.ts';
import { makeRecord, type ObjectKey, type StoredRecord } from '../store/record.ts';
import type { Transaction } from '../store/store.ts';
import { decodeBody, mediaTypeOf, readBody } from './body.ts';
import { deleteOptionsOf } from './delete-options.ts';
import { negotiate } from './negotiate.ts';
import { json, type Reply } from './reply.ts';
import type { ResourceCall } from './resource-call.ts';
import type { ResourcePath } from './route.ts';
import { type IncludeObject, type View, viewOf } from './view.ts';
import { watch } from './watch-handler.ts';

/** The verb of authorization, discovery and audit for a method on a path. */
export const verbOf = (method: string, { name }: ResourcePath, query: URLSearchParams): string => {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (flag(query, 'watch')) return 'watch';
      return name === undefined ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
};

/** Serves the request; `undefined` when the answer is a stream that has begun. */
export const handleResource = async (call: ResourceCall, verb: string): Promise<Reply | undefined> => {
  checkPath(call, verb);
  negotiate(call.request.headers.accept);
  const { subresource } = call.path;
  if (subresource !== undefined && subresource !== 'status') {
    return subresource === 'scale' ? handleScale(call, verb) : handlePluginSubresource(call);
  }
  const reply = await handlers[verb]?.(call);
  if (reply === undefined && verb !== 'watch') throw methodNotAllowed();
  return reply;
};

const checkPath = ({ served, path }: ResourceCall, verb: string): void => {
  const { resource, version } = served;
  const { namespace, name, subresource } = path;
  if (!resource.namespaced && namespace !== undefined) throw noSuchResource();
  if (subresource !== undefined && !subresourcesOf(resource, version).includes(subresource)) throw noSuchResource();
  const across = resource.namespaced && namespace === undefined;
  if (across && name !== undefined) throw noSuchResource();
  if (subresource === undefined && !resource.verbs.includes(verb)) throw methodNotAllowed();
  if (across && !['list', 'watch'].includes(verb)) throw methodNotAllowed();
};

type Handler = (call: ResourceCall) => Promise<Reply | undefined> | Reply | undefined;

const handlers: Readonly<Record<string, Handler>> = {
  get: call => {
    const record = call.api.store.get(keyOf(call));
    if (!record) throw notFound(subjectOf(call.served.resource), call.path.name ?? '');
    return { code: 200, body: viewFor(call).render(record) };
  },
  list: call => {
    const { served, query, api, path } = call;
    const { records, listMeta } = list(
      api.store,
      storageKey(served.resource),
      path.namespace,
      parseListOptions(query, served.resource),
    );
    return { code: 200, body: viewFor(call).renderList(records, listMeta) };
  },
  watch: call => {
    watch(call, viewFor(call));
    return undefined;
  },
  create: async call => {
    if (call.path.name !== undefined) throw methodNotAllowed();
    const body = await objectBody(call);
    const request = writeRequest(call);
    const record = await write(call, transaction => create(call.api, transaction, request, body));
    return { code: 201, body: viewFor(call).render(record) };
  },
  update: async call => {
    const name = nameOf(call);
    const body = await objectBody(call);
    const request = writeRequest(call);
    const record = await write(call, transaction => replace({ api: call.api, transaction, request, name }, body));
    return { code: 200, body: viewFor(call).render(record) };
  },
  patch: async call => {
    const name = nameOf(call);
    const mediaType = mediaTypeOf(call.request);
    const body = await valueBody(call);
    const request = patchRequest(call, mediaType);
    const force = flag(call.query, 'force') ?? false;
    let created = false;
    const record = await write(call, transaction => {
      const outcome = patch({ api: call.api, transaction, request, name }, mediaType, body, force);
      created = outcome.created;
      return outcome.record;
    });
    return { code: created ? 201 : 200, body: viewFor(call).render(record) };
  },
  delete: async call => {
    const options = deleteOptionsOf(await optionalBody(call), call.query);
    const { resource } = call.served;
    let gone = false;
    const record = await write(call, transaction => {
      const result = deleteObject(call.api, transaction, resource, keyOf(call), options);
      gone = result.gone;
      return result.record;
    });
    return gone ? json(deletedStatus(call, record)) : { code: 200, body: viewFor(call).render(record) };
  },
  deletecollection: async call => {
    const options = deleteOptionsOf(await optionalBody(call), call.query);
    const selected = parseListOptions(call.query, call.served.resource);
    const { store } = call.api;
    const work = (transaction: Transaction): StoredRecord[] =>
      deleteCollection(call.api, transaction, call.served.resource, call.path.namespace, selected, options);
    const records = options.dryRun ? store.rehearse(work) : await store.transact(work);
    return { code: 200, body: viewFor(call).renderList(records, { resourceVersion: String(store.revision) }) };
  },
};

const handleScale = async (call: ResourceCall, verb: string): Promise<Reply> => {
  const { api } = call;
  const name = nameOf(call);
  const key = keyOf(call);
  if (verb === 'get') {
    const record = api.store.get(key);
    if (!record) throw notFound(subjectOf(call.served.resource), name);
    return json(getScale(call.served, record.object));
  }
  if (verb !== 'update' && verb !== 'patch') throw methodNotAllowed();
  const mediaType = mediaTypeOf(call.request);
  const body = await valueBody(call);
  const request = { ...writeRequest(call), subresource: 'scale' } as const;
  const record = await write(call, transaction => {
    const target = { api, transaction, request, name };
    return verb === 'update' ? replaceScale(target, body) : patchScale(target, mediaType, body);
  });
  return json(getScale(call.served, record.object));
};

const handlePluginSubresource = async (call: ResourceCall): Promise<Reply> => {
  const { api, served, path, request } = call;
  const storage = storageKey(served.resource);
  const handler = api.plugins
    .flatMap(plugin => plugin.subresources ?? [])
    .find(({ resource, subresource }) => resource === storage && subresource === path.subresource);
  if (!handler?.methods.some(method => method === request.method)) throw methodNotAllowed();
  const result = await handler.handle({
    api,
    resource: served.resource,
    namespace: path.namespace ?? '',
    name: nameOf(call),
    body: asObject(await objectBody(call)),
    dryRun: isDryRun(call.query),
  });
  return json(result, request.method === 'POST' ? 201 : 200);
};

/** Runs a write for good, or for its answer only. */
const write = async (call: ResourceCall, work: (transaction: Transaction) => StoredRecord): Promise<StoredRecord> => {
  const { store } = call.api;
  if (!isDryRun(call.query)) return store.transact(work);
  const { key, object } = store.rehearse(work);
  return makeRecord(key, store.get(key)?.revision ?? 0, object);
};

const isDryRun = (query: URLSearchParams): boolean => {
  const asked = query.getAll('dryRun').filter(Boolean);
  if (asked.some(value => value !== 'All')) throw badRequest('dryRun: Unsupported value: supported values: "All"');
  return asked.length > 0;
};

const keyOf = ({ served, path }: ResourceCall): ObjectKey => ({
  resource: storageKey(served.resource),
  namespace: path.namespace ?? '',
  name: path.name ?? '',
});

const nameOf = ({ path }: ResourceCall): string => {
  if (path.name === undefined) throw methodNotAllowed();
  return path.name;
};

const viewFor = ({ served, request, query, api }: ResourceCall): View =>
  viewOf(served, negotiate(request.headers.accept), includeOf(query), api.now);

const includeOf = (query: URLSearchParams): IncludeObject => {
  const asked = query.get('includeObject');
  return asked === 'None' || asked === 'Object' ? asked : 'Metadata';
};

const valueBody = async ({ request }: ResourceCall): Promise<JsonValue> =>
  decodeBody(mediaTypeOf(request), await readBody(request));

const objectBody = async (call: ResourceCall): Promise<JsonObject> => {
  const body = await valueBody(call);
  if (!isObject(body)) throw badRequest('the body is not an object');
  return body;
};

const optionalBody = async ({ request }: ResourceCall): Promise<JsonValue> => {
  const bytes = await readBody(request);
  return bytes.length > 0 ? decodeBody(mediaTypeOf(request), bytes) : {};
};

const writeRequest = ({ served, path, query, request, warnings }: ResourceCall): WriteRequest => ({
  served,
  namespace: path.namespace ?? '',
  subresource: path.subresource === 'status' ? 'status' : undefined,
  manager: query.get('fieldManager') || managerFrom(request.headers['user-agent']),
  fieldValidation: fieldValidationOf(query),
  dryRun: isDryRun(query),
  warnings,
});

const patchRequest = (call: ResourceCall, mediaType: string): WriteRequest => {
  if (mediaType.startsWith('application/apply-patch') && !call.query.get('fieldManager')) {
    const missing = fieldRequired('fieldManager', 'is required for apply patch');
    throw invalid({ group: 'meta.k8s.io', resource: 'PatchOptions' }, '', [missing]);
  }
  return writeRequest(call);
};

/** The part of the user agent before the first slash, as kube-apiserver names managers that do not name themselves. */
const managerFrom = (userAgent: string | undefined): string => userAgent?.split('/')[0]?.slice(0, 128) || 'unknown';

const fieldValidationOf = (query: URLSearchParams): FieldValidation => {
  const asked = query.get('fieldValidation') || 'Warn';
  if (asked === 'Ignore' || asked === 'Warn' || asked === 'Strict') return asked;
  throw badRequest(
    `fieldValidation: Unsupported value: ${JSON.stringify(asked)}: supported values: "", "Ignore", "Strict", "Warn"`,
  );
};

const deletedStatus = ({ served: { resource } }: ResourceCall, { object }: StoredRecord): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: {
    name: object.metadata.name ?? '',
    ...(resource.group && { group: resource.group }),
    kind: resource.plural,
    uid: object.metadata.uid ?? '',
  },
});
