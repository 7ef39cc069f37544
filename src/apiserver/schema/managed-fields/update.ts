/**
 * Who owns what after a write. Semantics of sigs.k8s.io/structured-merge-diff `merge.Updater` and of
 * k8s.io/apimachinery/pkg/util/managedfields.
 */
import { stringAt } from '../json.ts';
import type { JsonObject, UpdateRequest, WriteContext } from '../types.ts';
import { type Comparison, compare } from './compare.ts';
import { difference, emptySet, type FieldSet, isEmpty, union } from './field-set.ts';
import {
  decodeManagers,
  identity,
  isReset,
  type Manager,
  type Managers,
  managersOf,
  mapFields,
  withManager,
  withManagers,
  withoutManagers,
} from './managers.ts';
import { reconcile, withoutBookkeeping, writable } from './scope.ts';

/** More updaters than this are folded into one, oldest first. */
const maximumUpdaters = 10;
const foldedUpdaters = 'ancient-changes';

/** The object to be stored with its new `managedFields`. */
export function trackUpdate(request: UpdateRequest): JsonObject {
  const { live, updated, schema } = request;
  const managers = managersBefore(request);
  // Nobody asked for tracking of an object that has none, or the client has just cleared it.
  if (managers.size === 0 && live) return withoutManagers(updated);
  const before = withoutManagers(live ?? {});
  const after = withoutManagers(updated);
  const reconciled = mapFields(managers, ({ fields }) => reconcile(fields, schema));
  const changes = changesOf(before, after, request);
  return withManagers(updated, foldUpdaters(own(reconciled, changes, request)));
}

/** Clients may edit managedFields, but not through a subresource; one that sends none does not know them. */
function managersBefore({ live, updated, subresource }: UpdateRequest): Managers {
  const stored = (live && decodeManagers(live)) ?? managersOf([]);
  if (subresource) return stored;
  if (isReset(updated)) return managersOf([]);
  const sent = decodeManagers(updated);
  return sent && sent.size > 0 ? sent : stored;
}

/** What the write changed, of the fields that it can change. */
export function changesOf(before: JsonObject, after: JsonObject, context: WriteContext): Comparison {
  const { added, removed, modified } = compare(before, after, context.schema);
  return {
    added: writable(added, context),
    removed: writable(removed, context),
    modified: writable(modified, context),
  };
}

/** Everybody else loses what was changed or removed. */
export function loseChanged(managers: Managers, { added, removed, modified }: Comparison): Managers {
  const gone = union(union(added, modified), removed);
  return mapFields(managers, ({ fields }) => difference(fields, gone));
}

/** The writer owns what it changed and keeps what it owned; its time is that of its last change. */
function own(managers: Managers, changes: Comparison, request: UpdateRequest): Managers {
  const writer = updater(request);
  const remaining = loseChanged(managers, changes);
  const gained = withoutBookkeeping(writable(union(changes.modified, changes.added), request));
  if (isEmpty(gained)) return remaining;
  const kept = remaining.get(identity(writer))?.fields ?? emptySet;
  return withManager(remaining, { ...writer, fields: union(gained, kept) });
}

function updater({ manager, updated, subresource, time }: UpdateRequest): Omit<Manager, 'fields'> {
  const apiVersion = stringAt(updated, 'apiVersion');
  return { manager: manager || 'unknown', operation: 'Update', apiVersion, time, ...(subresource && { subresource }) };
}

/** Fields that were there before the first apply to an object without managers. */
export function ownersBeforeApply(live: JsonObject, context: WriteContext): Managers {
  const { apiVersion, kind } = live;
  const empty = { ...(apiVersion && { apiVersion }), ...(kind && { kind }) };
  const request: UpdateRequest = { ...context, live: empty, updated: live, manager: 'before-first-apply' };
  return own(managersOf([]), changesOf(empty, withoutManagers(live), request), request);
}

function foldUpdaters(managers: Managers): Managers {
  const updaters = [...managers.values()].filter(({ operation }) => operation === 'Update').sort(oldestFirst);
  const excess = updaters.length - maximumUpdaters;
  return excess > 0 ? fold(managers, updaters, excess) : managers;
}

const oldestFirst = (a: Manager, b: Manager): number => {
  const [left, right] = [`${a.time ?? ''} ${identity(a)}`, `${b.time ?? ''} ${identity(b)}`];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** One bucket for each version; the first manager of a version makes room only when a second one joins it. */
function fold(managers: Managers, updaters: readonly Manager[], excess: number): Managers {
  const folded = new Map(managers);
  const firsts = new Map<string, Manager>();
  let left = excess;
  for (const manager of updaters) {
    if (left === 0) break;
    const first = firsts.get(manager.apiVersion);
    if (!first) {
      firsts.set(manager.apiVersion, manager);
      continue;
    }
    foldInto(folded, first, manager);
    left--;
  }
  return folded;
}

function foldInto(folded: Map<string, Manager>, first: Manager, manager: Manager): void {
  const { apiVersion, time } = manager;
  const bucket: Manager = {
    manager: foldedUpdaters,
    operation: 'Update',
    apiVersion,
    ...(time && { time }),
    fields: emptySet,
  };
  const known: FieldSet = folded.get(identity(bucket))?.fields ?? first.fields;
  folded.delete(identity(first));
  folded.delete(identity(manager));
  folded.set(identity(bucket), { ...bucket, fields: union(known, manager.fields) });
}
