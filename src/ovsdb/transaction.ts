import type { Counters } from './counters.ts';
import type { Operation } from './operations.ts';
import type { Reply } from './rpc.ts';
import type { ServerSchema } from './server-schema.ts';
import type { Uuid } from './values.ts';
import type { WireRow } from './wire-values.ts';

/** The errors of RFC 7047 §3.1, §4.1.3 and §5.2 by name; a server may have others. */
export type RefusalReason =
  | 'constraint violation'
  | 'referential integrity violation'
  | 'timed out'
  | 'resources exhausted'
  | 'I/O error'
  | 'duplicate uuid-name'
  | 'domain error'
  | 'range error'
  | 'not owner'
  | 'aborted'
  | 'not supported'
  | 'permission error'
  | 'syntax error'
  | 'unknown database'
  | (string & {});

/**
 * How a transaction ended.
 * - `committed`: all of it. A replica on the same client has seen it already.
 * - `refused`: none of it.
 * - `not-connected`: none of it; nothing was sent.
 * - `unknown`: the connection died before the answer. All of it or none: after the next synchronisation the replica tells.
 */
export type TransactResult =
  | {
      readonly kind: 'committed';
      /** The new row's identity, at the index of each insert. */
      readonly inserted: readonly (Uuid | undefined)[];
      /** How many rows matched, at the index of each update, mutate and delete. */
      readonly counts: readonly (number | undefined)[];
    }
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason;
      readonly details: string;
      /** Which operation failed; undefined when the transaction failed as a whole, at its commit. */
      readonly operation: number | undefined;
    }
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'unknown'; readonly reason: Error };

/** Reads the answer to `transact` (RFC 7047 §4.1.3) of so many operations. */
export function transactResult(reply: Reply, operations: number): TransactResult {
  if (reply.kind === 'lost') return { kind: 'unknown', reason: reply.reason };
  if (reply.kind === 'error') return refused(reply.error, undefined);
  const results = (Array.isArray(reply.result) ? reply.result : []) as readonly OperationResult[];
  const failed = results.findIndex(result => result?.error !== undefined && result.error !== null);
  if (failed !== -1) return refused(results[failed], failed < operations ? failed : undefined);
  return {
    kind: 'committed',
    inserted: results.map(result => result?.uuid?.[1]),
    counts: results.map(result => result?.count),
  };
}

type OperationResult = {
  readonly error?: unknown;
  readonly uuid?: readonly ['uuid', Uuid];
  readonly count?: number;
} | null;

function refused(error: unknown, operation: number | undefined): TransactResult {
  if (typeof error !== 'object' || error === null) {
    return { kind: 'refused', reason: String(error), details: '', operation };
  }
  const { error: reason, details = '' } = error as { error?: unknown; details?: unknown };
  return { kind: 'refused', reason: String(reason), details: String(details), operation };
}

/** The operation without the columns that the server lacks, which its replica lacks as well. */
export function fitToServer(operation: Operation, schema: ServerSchema): Operation {
  if (!('table' in operation)) return operation;
  const columns = schema.get(operation.table);
  if (columns === undefined) return operation;
  if (operation.op === 'insert' || operation.op === 'update') {
    const names = Object.keys(operation.row);
    const known = names.filter(name => columns.has(name));
    return known.length === names.length ? operation : { ...operation, row: pick(operation.row, known) };
  }
  if (operation.op !== 'mutate') return operation;
  return { ...operation, mutations: operation.mutations.filter(([name]) => columns.has(name)) };
}

const pick = (row: WireRow, names: readonly string[]): WireRow =>
  Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));

const counterOf = { insert: 'inserts', update: 'updates', mutate: 'mutates', delete: 'deletes' } as const;

export function countTransaction(counters: Counters, operations: readonly Operation[]): void {
  counters.transactions++;
  for (const { op } of operations) if (op in counterOf) counters[counterOf[op as keyof typeof counterOf]]++;
}
