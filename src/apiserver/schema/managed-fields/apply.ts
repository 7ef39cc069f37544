/**
 * Server-side apply: merges an applied configuration into the live object, takes out what its manager applied before
 * and does not any more, and refuses to change what others own. https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
import { canonicalJson, deepEqual, objectAt, own, put, stringAt } from '../json.ts';
import { prune } from '../prune.ts';
import type { ApplyRequest, ApplyResult, JsonObject } from '../types.ts';
import { compare } from './compare.ts';
import { type Conflicts, conflictResult, conflictsOf, isEmptyConflict, withoutFields } from './conflicts.ts';
import { difference, type FieldSet, intersection, union } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';
import {
  decodeManagers,
  identity,
  type Manager,
  type Managers,
  managersOf,
  mapFields,
  withManager,
  withManagers,
  withoutManagers,
} from './managers.ts';
import { merge } from './merge.ts';
import { remove } from './remove.ts';
import { reconcile, withNamedFields, withoutBookkeeping, writable } from './scope.ts';
import { typeProblems } from './typed.ts';
import { changesOf, loseChanged, ownersBeforeApply } from './update.ts';

const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

export function applyServerSide(given: ApplyRequest): ApplyResult {
  const problem = problemOf(given);
  if (problem !== undefined) return { kind: 'invalid', message: problem };
  // All fields are known by now: what goes are nulls that mean absence, which nobody can own.
  const request = { ...given, applied: prune(given.applied, given.schema).object };
  const live = request.live ?? emptyObject(request.applied);
  const managers = managersBefore(live, request);
  const attempt = attemptApply(live, managers, request);
  if (isEmptyConflict(attempt.conflicts) || request.force) return finish(live, attempt, request);
  const conflicts = withoutFields(attempt.conflicts, migratable(live, request));
  return isEmptyConflict(conflicts) ? finish(live, attempt, request) : conflictResult(conflicts);
}

function problemOf({ applied, schema }: ApplyRequest): string | undefined {
  const managedFields = own(objectAt(applied, 'metadata'), 'managedFields');
  if (managedFields !== undefined && managedFields !== null) return 'metadata.managedFields must be nil';
  const problems = typeProblems(applied, schema);
  if (problems.length === 0) return undefined;
  const list = problems.length === 1 ? problems[0] : ['errors:', ...problems.map(each => `  ${each}`)].join('\n');
  return `failed to create typed patch object (${nameOf(applied)}): ${list}`;
}

/** `default/web; apps/v1, Kind=Deployment`; the version of the core group is `/v1`. */
function nameOf(object: JsonObject): string {
  const metadata = objectAt(object, 'metadata');
  const apiVersion = stringAt(object, 'apiVersion');
  const kind = `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${stringAt(object, 'kind')}`;
  return `${stringAt(metadata, 'namespace')}/${stringAt(metadata, 'name')}; ${kind}`;
}

const emptyObject = ({ apiVersion, kind }: JsonObject): JsonObject => ({
  ...(apiVersion && { apiVersion }),
  ...(kind && { kind }),
});

function managersBefore(live: JsonObject, request: ApplyRequest): Managers {
  const stored = decodeManagers(live) ?? managersOf([]);
  const managers = stored.size > 0 ? stored : ownersBeforeApply(live, request);
  return mapFields(managers, ({ fields }) => reconcile(fields, request.schema));
}

interface Attempt {
  /** Without managedFields. */
  object: JsonObject;
  managers: Managers;
  conflicts: Conflicts;
}

function attemptApply(live: JsonObject, managers: Managers, request: ApplyRequest): Attempt {
  const { applied, schema } = request;
  const before = withoutManagers(live);
  const applier = applierOf(request, managers);
  const last = managers.get(identity(applier));
  const claimed = withManager(managers, applier);
  const merged = merge(before, applied, schema);
  const object = last ? withdraw(merged, last.fields, claimed, request) : merged;
  const changes = changesOf(before, object, request);
  const others = new Map([...claimed].filter(([id]) => id !== identity(applier)));
  const remaining = loseChanged(others, changes);
  const next = withManager(remaining, { ...applier, fields: withoutBookkeeping(applier.fields) });
  return { object, managers: mapFields(next, ({ fields }) => fields), conflicts: conflictsOf(others, changes) };
}

/** The manager with all it applies now. Its time is that of the last apply that changed the object. */
function applierOf(request: ApplyRequest, managers: Managers): Manager {
  const { applied, schema, manager, subresource } = request;
  const fields = writable(fieldsOf(applied, schema), request);
  const apiVersion = stringAt(applied, 'apiVersion');
  const applier: Manager = { manager, operation: 'Apply', apiVersion, ...(subresource && { subresource }), fields };
  const time = managers.get(identity(applier))?.time;
  return time ? { ...applier, time } : applier;
}

/** Takes out what the manager applied last time, not now, and nobody else owns. What nobody had applied stays. */
function withdraw(merged: JsonObject, last: FieldSet, managers: Managers, { schema }: ApplyRequest): JsonObject {
  const named = (set: FieldSet): FieldSet => withNamedFields(set, schema);
  const all = named(fieldsOf(merged, schema));
  const claimed = [...managers.values()].map(({ fields }) => fields).reduce(union);
  const bare = remove(merged, named(last), schema);
  const kept = union(named(fieldsOf(bare, schema)), named(claimed));
  const owned = remove(merged, difference(all, kept), schema);
  const gone = difference(all, named(fieldsOf(owned, schema)));
  return remove(merged, intersection(gone, named(last)), schema);
}

/**
 * `kubectl apply --server-side` may take what `kubectl apply` set before: fields of the last-applied annotation whose
 * values are still those of the live object.
 */
function migratable(live: JsonObject, { manager, schema, applied }: ApplyRequest): FieldSet | undefined {
  const annotation = lastAppliedOf(live);
  if (manager !== 'kubectl' || !annotation) return undefined;
  const last = parseObject(annotation);
  if (!last || last.apiVersion !== applied.apiVersion || typeProblems(last, schema).length > 0) return undefined;
  const { added, modified, removed } = compare(last, live, schema);
  return difference(fieldsOf(last, schema), union(union(added, modified), removed));
}

const lastAppliedOf = (object: JsonObject): string =>
  stringAt(objectAt(objectAt(object, 'metadata'), 'annotations'), lastAppliedAnnotation);

function parseObject(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function finish(live: JsonObject, { object, managers }: Attempt, request: ApplyRequest): ApplyResult {
  const changed = !request.live || !deepEqual(object, withoutManagers(live));
  const stamped = changed ? stamp(managers, request) : managers;
  const result = withManagers(syncLastApplied(object, request), stamped);
  return { kind: 'applied', object: result, changed: !request.live || !deepEqual(result, live) };
}

function stamp(managers: Managers, request: ApplyRequest): Managers {
  const applier = managers.get(identity(applierOf(request, managers)));
  return applier ? withManager(managers, { ...applier, time: request.time }) : managers;
}

/** kubectl's annotation follows its server-side applies, so that a client-side apply may come after. */
function syncLastApplied(object: JsonObject, { manager, applied }: ApplyRequest): JsonObject {
  if (manager !== 'kubectl' || !lastAppliedOf(object)) return object;
  const metadata = objectAt(object, 'metadata');
  const annotations = { ...objectAt(metadata, 'annotations') };
  put(annotations, lastAppliedAnnotation, `${canonicalJson(withoutLastApplied(applied))}\n`);
  return { ...object, metadata: { ...metadata, annotations } };
}

function withoutLastApplied(applied: JsonObject): JsonObject {
  const metadata = objectAt(applied, 'metadata');
  const { [lastAppliedAnnotation]: _, ...annotations } = objectAt(metadata, 'annotations');
  return 'annotations' in metadata ? { ...applied, metadata: { ...metadata, annotations } } : applied;
}
