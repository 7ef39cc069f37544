import { ProtocolError } from './errors.ts';
import { RowCodec } from './row-codec.ts';
import { type Identified, Table, type TableView } from './table.ts';
import type { TableColumns, Uuid } from './values.ts';
import type { WireRow } from './wire-values.ts';

/** What happened to one row in one transaction: inserted (no `before`), deleted (no `after`) or modified. */
export type Change<Tables> = {
  [T in keyof Tables & string]: {
    readonly table: T;
    readonly uuid: Uuid;
    readonly before: Tables[T] | undefined;
    readonly after: Tables[T] | undefined;
  };
}[keyof Tables & string];

/** One row's part of an update, whatever the monitor method that brought it. */
export type RowUpdate =
  | { readonly kind: 'whole'; readonly row: WireRow }
  | { readonly kind: 'difference'; readonly columns: WireRow }
  | { readonly kind: 'deleted' };

/** The rows of an update by table and UUID, and how to read one, which depends on the monitor method. */
export interface Update<Wire> {
  readonly tables: Readonly<Record<string, Readonly<Record<string, Wire>>>>;
  readonly read: (row: Wire) => RowUpdate;
}

interface ReplicaTable {
  readonly name: string;
  readonly contents: Table<Identified>;
  codec: RowCodec<Identified>;
}

interface LooseChange {
  readonly table: string;
  readonly uuid: Uuid;
  readonly before: Identified | undefined;
  readonly after: Identified | undefined;
}

/**
 * A copy of the selected tables, in memory. It changes one transaction at a time, and tells its listeners of each as one
 * batch, after all of it was applied. While there is no connection it keeps what it last knew.
 */
export class Replica<Tables extends Readonly<Record<string, Identified>>> {
  readonly #tables: ReadonlyMap<string, ReplicaTable>;
  readonly #listeners = new Set<(changes: readonly Change<Tables>[]) => void>();

  constructor(selected: ReadonlyMap<string, TableColumns>) {
    const tables = [...selected].map(([name, columns]): [string, ReplicaTable] => [
      name,
      { name, contents: new Table(), codec: new RowCodec(columns) },
    ]);
    this.#tables = new Map(tables);
  }

  /** A selected table; it is empty when the server lacks it. */
  table<T extends keyof Tables & string>(name: T): TableView<Tables[T]> {
    // The codec of a table makes rows of the columns selected for it, which is what Tables[T] says.
    return this.#tableNamed(name).contents as unknown as TableView<Tables[T]>;
  }

  /** Calls back with each transaction's changes; the returned function ends it. */
  onChange(listener: (changes: readonly Change<Tables>[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says which columns rows have from now on: those of the selection that the connected server knows. */
  useColumns(columns: ReadonlyMap<string, TableColumns>): void {
    for (const [name, table] of this.#tables) table.codec = new RowCodec(columns.get(name) ?? {});
  }

  /** Applies the changes since the last update. @throws ProtocolError when they do not fit the contents. */
  applyUpdate<Wire>(update: Update<Wire>): void {
    const changes: LooseChange[] = [];
    this.#forEachRow(update, (table, uuid, row) => {
      const before = table.contents.get(uuid);
      changes.push({ table: table.name, uuid, before, after: rowAfter(table, uuid, before, row) });
    });
    this.#commit(changes);
  }

  /** Takes the whole contents anew; listeners see only what really differs from the contents until now. */
  applySnapshot<Wire>(snapshot: Update<Wire>): void {
    const changes: LooseChange[] = [];
    const gone = new Map([...this.#tables].map(([name, { contents }]) => [name, new Set(contents.rows.keys())]));
    this.#forEachRow(snapshot, (table, uuid, row) => {
      gone.get(table.name)?.delete(uuid);
      const before = table.contents.get(uuid);
      const after = rowAfter(table, uuid, undefined, row);
      const same = before !== undefined && after !== undefined && table.codec.same(before, after);
      if (!same) changes.push({ table: table.name, uuid, before, after });
    });
    this.#commit([...changes, ...this.#deletions(gone)]);
  }

  #forEachRow<Wire>(
    { tables, read }: Update<Wire>,
    visit: (table: ReplicaTable, uuid: Uuid, row: RowUpdate) => void,
  ): void {
    for (const [name, rows] of Object.entries(tables)) {
      const table = this.#tableNamed(name);
      // for-in, since Object.entries of 100,000 rows would make as many arrays.
      for (const uuid in rows) visit(table, uuid as Uuid, read(rows[uuid] as Wire));
    }
  }

  #deletions(gone: ReadonlyMap<string, ReadonlySet<Uuid>>): LooseChange[] {
    return [...gone].flatMap(([table, uuids]) =>
      [...uuids].map(uuid => ({ table, uuid, before: this.#tableNamed(table).contents.get(uuid), after: undefined })),
    );
  }

  #commit(changes: readonly LooseChange[]): void {
    if (changes.length === 0) return;
    for (const { table, uuid, after } of changes) {
      const { contents } = this.#tableNamed(table);
      if (after === undefined) contents.remove(uuid);
      else contents.put(after);
    }
    for (const listener of this.#listeners) listener(changes as unknown as readonly Change<Tables>[]);
  }

  #tableNamed(name: string): ReplicaTable {
    const table = this.#tables.get(name);
    if (table === undefined) throw new ProtocolError(`OVSDB table ${name} is not part of this replica`);
    return table;
  }
}

function rowAfter(table: ReplicaTable, uuid: Uuid, before: Identified | undefined, update: RowUpdate) {
  switch (update.kind) {
    case 'deleted':
      return undefined;
    case 'whole':
      return table.codec.decode(uuid, update.row);
    case 'difference':
      if (before === undefined) throw new ProtocolError(`OVSDB modifies row ${uuid}, which is not in this replica`);
      return table.codec.modify(before, update.columns);
  }
}
