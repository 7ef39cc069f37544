import type { Identified } from './table.ts';
import type { Database, TableColumns } from './values.ts';

/** The tables to replicate, each with its columns: `{ NAT: 'all', Logical_Router: ['name', 'nat'] }`. */
export type Selection<Rows> = { readonly [T in keyof Rows]?: 'all' | readonly (keyof Rows[T] & string)[] };

/** The row types of a selection: the selected columns and `_uuid`. */
export type SelectedRows<Rows, S extends Selection<Rows>> = {
  readonly [T in keyof S & keyof Rows & string]: Identified &
    (S[T] extends readonly (infer C)[] ? Pick<Rows[T], C & keyof Rows[T]> : Rows[T]);
};

/** The column types of each selected table. */
export function selectColumns<Rows>(database: Database<Rows>, selection: Selection<Rows>): Map<string, TableColumns> {
  const tables = Object.entries(selection) as [keyof Rows & string, 'all' | readonly string[]][];
  return new Map(
    tables.map(([table, columns]) => {
      const known = database.tables[table];
      if (columns === 'all') return [table, known];
      return [table, Object.fromEntries(Object.entries(known).filter(([name]) => columns.includes(name)))];
    }),
  );
}
