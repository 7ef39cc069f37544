import type { KubeObject } from '../object.ts';
import { kindSubjectOf, storageKey, subjectOf } from '../registry/resource.ts';
import { isObject } from '../schema/json.ts';
import { applyServerSide } from '../schema/managed-fields.ts';
import { jsonPatch } from '../schema/patch/json-patch.ts';
import { mergePatch } from '../schema/patch/merge-patch.ts';
import { strategicMergePatch } from '../schema/patch/strategic-merge.ts';
import type { JsonObject, JsonValue, PatchResult } from '../schema/types.ts';
import {
  badRequest,
  conflict,
  fieldInvalid,
  invalid,
  notFound,
  StatusError,
  unsupportedMediaType,
} from '../status-error.ts';
import type { StoredRecord } from '../store/record.ts';
import { asObject } from './as-object.ts';
import { create } from './create.ts';
import { checkType, nameIn, timestamp } from './prepare.ts';
import { liveAsServed, liveRecord, type Target, update } from './update.ts';

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** Answers with the object's next state; `created` when an apply made it. */
export interface PatchOutcome {
  readonly record: StoredRecord;
  readonly created: boolean;
}

/** `body` is the decoded patch. `force` is for apply only. */
export const patch = (target: Target, mediaType: string, body: JsonValue, force: boolean): PatchOutcome => {
  if (mediaType === patchTypes.apply) return applyPatch(target, body, force);
  const live = liveRecord(target);
  const next = patched(target, mediaType, body, liveAsServed(target, live));
  return { record: update(target, live, next), created: false };
};

const patched = (target: Target, mediaType: string, body: JsonValue, live: KubeObject): KubeObject => {
  const value = patchedValue(patchResult(target, mediaType, body, live));
  if (!isObject(value)) throw badRequest('the patch does not make an object');
  return checkType(value, target.request.served);
};

/** What a patch makes. Refuses without naming the object, as kube-apiserver does: kubectl would name it and hide why. */
export const patchedValue = (result: PatchResult): JsonValue => {
  if (result.kind === 'patched') return result.value;
  if (result.kind === 'invalid') throw badRequest(result.message);
  throw new StatusError(422, 'Invalid', result.message, {});
};

const patchResult = (target: Target, mediaType: string, body: JsonValue, live: KubeObject): PatchResult => {
  const { schema } = target.request.served.version;
  switch (mediaType) {
    case patchTypes.json:
      return jsonPatch(live, body);
    case patchTypes.merge:
      return { kind: 'patched', value: mergePatch(live, body) };
    case patchTypes.strategic:
      if (schema?.nullMeansAbsent && isObject(body)) return strategicMergePatch(live, body, schema);
      throw unsupportedMediaType([patchTypes.json, patchTypes.merge, patchTypes.apply].join(', '));
    default:
      throw unsupportedMediaType(Object.values(patchTypes).join(', '));
  }
};

const applyPatch = (target: Target, body: JsonValue, force: boolean): PatchOutcome => {
  const { api, transaction, request, name } = target;
  const { resource, version } = request.served;
  if (!isObject(body)) throw badRequest('the applied configuration is not an object');
  if (!version.schema) throw unsupportedMediaType([patchTypes.json, patchTypes.merge].join(', '));
  const applied = shapeApplied(target, body);
  const live = transaction.get({ resource: storageKey(resource), namespace: request.namespace, name });
  if (!live && request.subresource) throw notFound(subjectOf(resource), name);
  const result = applyServerSide({
    ...(live && { live: liveAsServed(target, live) }),
    applied,
    schema: version.schema,
    manager: request.manager,
    hasStatus: version.status,
    force,
    time: timestamp(api.now()),
    ...(request.subresource && { subresource: request.subresource }),
  });
  if (result.kind === 'invalid') throw badRequest(result.message);
  if (result.kind === 'conflict') throw applyConflict(target, result.message, result.causes);
  if (live && !result.changed) return { record: live, created: false };
  const next = asObject(result.object);
  if (live) return { record: update(target, live, next, false), created: false };
  return { record: create(api, transaction, request, next, false), created: true };
};

/** What was applied, as it came: a field the schema does not know is refused with it, whatever the field validation. */
const shapeApplied = (target: Target, body: JsonObject): JsonObject => {
  const { request, name } = target;
  const applied = checkType(body, request.served);
  if (nameIn(applied) && nameIn(applied) !== name) {
    throw badRequest(`the name of the object (${nameIn(applied)}) does not match the name on the URL (${name})`);
  }
  if (applied.metadata.managedFields?.length) {
    const mustBeNil = fieldInvalid('metadata.managedFields', applied.metadata.managedFields, 'must be nil');
    throw invalid(kindSubjectOf(request.served.resource), name, [mustBeNil]);
  }
  return { ...applied, metadata: { ...applied.metadata, name } };
};

const applyConflict = (target: Target, message: string, causes: ApplyConflictCauses): StatusError => {
  const { status } = conflict(subjectOf(target.request.served.resource), target.name, message);
  return new StatusError(409, 'Conflict', message, { ...status.details, causes });
};

type ApplyConflictCauses = { reason: string; message: string; field: string }[];
