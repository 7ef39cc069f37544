import { MultiMap } from '../base/multi-map.ts';
import type { Uuid } from './values.ts';

export interface Identified {
  readonly _uuid: Uuid;
}

/** Rows found by a key derived from their columns; kept up to date by its table. */
export interface Index<Row> {
  /** The rows with this key, in no order; empty when there are none. */
  get(key: string): Iterable<Row>;
  /** Every key that some row has. */
  keys(): Iterable<string>;
}

/** A table of the replica, as its users see it. A row object never changes: another version is another object. */
export interface TableView<Row> {
  readonly rows: ReadonlyMap<Uuid, Row>;
  get(uuid: Uuid): Row | undefined;
  /** `keysOf` must depend on nothing but its row. Costs one look at each row now, and one key a changed row later. */
  addIndex(keysOf: (row: Row) => readonly string[]): Index<Row>;
}

class TableIndex<Row> implements Index<Row> {
  readonly #rows = new MultiMap<string, Row>();
  readonly #keysOf: (row: Row) => readonly string[];

  constructor(keysOf: (row: Row) => readonly string[]) {
    this.#keysOf = keysOf;
  }

  get(key: string): Iterable<Row> {
    return this.#rows.get(key);
  }

  keys(): Iterable<string> {
    return this.#rows.keys();
  }

  add(row: Row): void {
    for (const key of this.#keysOf(row)) this.#rows.add(key, row);
  }

  remove(row: Row): void {
    for (const key of this.#keysOf(row)) this.#rows.delete(key, row);
  }
}

export class Table<Row extends Identified> implements TableView<Row> {
  readonly rows = new Map<Uuid, Row>();
  readonly #indexes: TableIndex<Row>[] = [];

  get(uuid: Uuid): Row | undefined {
    return this.rows.get(uuid);
  }

  addIndex(keysOf: (row: Row) => readonly string[]): Index<Row> {
    const index = new TableIndex(keysOf);
    for (const row of this.rows.values()) index.add(row);
    this.#indexes.push(index);
    return index;
  }

  put(row: Row): void {
    this.#unindex(row._uuid);
    this.rows.set(row._uuid, row);
    for (const index of this.#indexes) index.add(row);
  }

  remove(uuid: Uuid): void {
    this.#unindex(uuid);
    this.rows.delete(uuid);
  }

  #unindex(uuid: Uuid): void {
    if (this.#indexes.length === 0) return;
    const row = this.rows.get(uuid);
    if (row === undefined) return;
    for (const index of this.#indexes) index.remove(row);
  }
}
