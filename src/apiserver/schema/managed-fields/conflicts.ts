/** What an apply would change although others own it. */
import type { ApplyConflict, ApplyResult } from '../types.ts';
import type { Comparison } from './compare.ts';
import { printPath } from './element.ts';
import { difference, type FieldSet, intersection, paths, union } from './field-set.ts';
import { type Manager, type Managers, mapFields } from './managers.ts';

/** Managers with only the fields they would lose. */
export type Conflicts = Managers;

export const conflictsOf = (others: Managers, { added, modified }: Comparison): Conflicts =>
  mapFields(others, ({ fields }) => intersection(fields, union(added, modified)));

export const isEmptyConflict = (conflicts: Conflicts): boolean => conflicts.size === 0;

export const withoutFields = (conflicts: Conflicts, fields: FieldSet | undefined): Conflicts =>
  fields ? mapFields(conflicts, conflict => difference(conflict.fields, fields)) : conflicts;

/** In Kubernetes' words, which clients parse. k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go */
export function conflictResult(conflicts: Conflicts): ApplyResult {
  const list = [...conflicts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, manager]) => [...paths(manager.fields)].map(path => conflictOf(manager, printPath(path))));
  return {
    kind: 'conflict',
    conflicts: list,
    message: `Apply failed with ${messageOf(list)}`,
    causes: list.map(conflict => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${printManager(conflict)}`,
      field: conflict.field,
    })),
  };
}

function conflictOf({ manager, operation, apiVersion, subresource, time }: Manager, field: string): ApplyConflict {
  return { manager, operation, apiVersion, ...(subresource && { subresource }), ...(time && { time }), field };
}

function messageOf(conflicts: readonly ApplyConflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) return `1 conflict: conflict with ${printManager(first)}: ${first.field}`;
  const byManager = Map.groupBy(conflicts, printManager);
  const lines = [...byManager].flatMap(([manager, list]) => [
    `conflicts with ${manager}:`,
    ...list.map(({ field }) => `- ${field}`),
  ]);
  return `${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function printManager({ manager, operation, apiVersion, subresource }: ApplyConflict): string {
  const name = `${JSON.stringify(manager)}${subresource ? ` with subresource ${JSON.stringify(subresource)}` : ''}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
