import type { Table } from '../../compile/ovn/row.ts';
import { type NbRows, nbDatabase } from '../../ovsdb/generated/ovn-nb.ts';
import { type Operation, Operations } from '../../ovsdb/operations.ts';
import type { NamedUuid, Uuid } from '../../ovsdb/values.ts';

/**
 * Rows of whatever table, as the target handles them: it compares and writes columns that the compilers chose, and knows no table by
 * name. The typed operations check each column against the schema when they encode it.
 */
export type LooseValue =
  | string
  | number
  | boolean
  | undefined
  | NamedUuid
  | readonly (string | NamedUuid)[]
  | Readonly<Record<string, string>>;

export type LooseRow = Readonly<Record<string, LooseValue>> & { readonly _uuid: Uuid };

type Target = Uuid | NamedUuid;

interface LooseOperations {
  insert(table: Table, row: Readonly<Record<string, LooseValue>>, name: string): Operation;
  update(table: Table, where: Target, row: Readonly<Record<string, LooseValue>>): Operation;
  mutate(
    table: Table,
    where: Target,
    mutations: readonly (readonly [string, 'insert' | 'delete', LooseValue])[],
  ): Operation;
  delete(table: Table, where: Target): Operation;
}

export const looseOperations = new Operations<NbRows>(nbDatabase) as unknown as LooseOperations;
