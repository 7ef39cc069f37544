import type { Identified } from './table.ts';
import type { ColumnType, ColumnValue, TableColumns, Uuid } from './values.ts';
import { applyDifference, decodeValue, defaultValue, sameValue, type WireRow } from './wire-values.ts';

type AnyRow = Record<string, ColumnValue>;

/**
 * Turns wire rows of one table into row objects and compares them. `Row` is what the given columns say: the one place
 * where a value of the wire gets its type.
 */
export class RowCodec<Row extends Identified> {
  readonly #columns: ReadonlyMap<string, ColumnType>;
  readonly #defaults: AnyRow;

  constructor(columns: TableColumns) {
    this.#columns = new Map(Object.entries(columns));
    const entries = [...this.#columns].map(([name, type]) => [name, defaultValue(type)]);
    this.#defaults = { _uuid: '', ...Object.fromEntries(entries) };
  }

  /** A whole row; the columns that the server left out have their defaults. */
  decode(uuid: Uuid, wire: WireRow): Row {
    // A copy of the defaults gives all rows of the table one hidden class, and shares empty sets and maps.
    const row = { ...this.#defaults };
    row._uuid = uuid;
    for (const name in wire) this.#set(row, name, wire);
    return row as unknown as Row;
  }

  /** The row after an update2 `modify`. */
  modify(before: Row, differences: WireRow): Row {
    const row = { ...(before as unknown as AnyRow) };
    for (const [name, difference] of Object.entries(differences)) {
      const type = this.#columns.get(name);
      if (type !== undefined) row[name] = applyDifference(row[name], difference, type);
    }
    return row as unknown as Row;
  }

  same(a: Row, b: Row): boolean {
    const [left, right] = [a as unknown as AnyRow, b as unknown as AnyRow];
    for (const name of this.#columns.keys()) if (!sameValue(left[name], right[name])) return false;
    return columnCount(left) === columnCount(right);
  }

  #set(row: AnyRow, name: string, wire: WireRow): void {
    const type = this.#columns.get(name);
    const value = wire[name];
    if (type !== undefined && value !== undefined) row[name] = decodeValue(value, type);
  }
}

/** Rows of before and after a server's upgrade differ in their columns, even where all shared ones are equal. */
const columnCount = (row: AnyRow): number => Object.keys(row).length;
