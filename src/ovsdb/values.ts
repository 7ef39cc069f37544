/**
 * The values of OVSDB columns: how a program sees them, and how RFC 7047 §5.1 writes them.
 *
 * | column        | program                          | wire                                  |
 * |---------------|----------------------------------|---------------------------------------|
 * | scalar        | `'tcp'`, `5`, `true`, `Uuid`     | the atom; a UUID is `["uuid", "…"]`   |
 * | optional      | the atom or `undefined`          | `["set", []]`, or the atom            |
 * | set           | array, ascending, no duplicates  | `["set", […]]`; of one: the atom      |
 * | map           | record                           | `["map", [[key, value], …]]`          |
 *
 * Integers beyond 2^53 lose precision, as in any `JSON.parse`; no column that we use holds one.
 */

declare const uuidBrand: unique symbol;
/** A row's identity, e.g. `6c57d1ad-4b4c-4a27-a0c8-4d5e0f4d0d0c`. */
export type Uuid = string & { readonly [uuidBrand]: true };

/** The row that an `insert` of the same transaction creates under this `uuid-name` (RFC 7047 §5.2.1). */
export interface NamedUuid {
  readonly named: string;
}

export type AtomType = 'string' | 'integer' | 'real' | 'boolean' | 'uuid';
export type Atom = string | number | boolean;

/** What a column holds. `optional` is a set of at most one, `set` and `map` have no such bound. */
export type ColumnType =
  | { readonly kind: 'scalar' | 'optional' | 'set'; readonly key: AtomType }
  | { readonly kind: 'map'; readonly key: AtomType; readonly value: AtomType };

export type ColumnValue = Atom | undefined | readonly Atom[] | Readonly<Record<string, Atom>>;

/** The columns of each table of a database, as generated from its schema. `Rows` maps a table to its row type. */
export interface Database<Rows> {
  readonly name: string;
  readonly tables: { readonly [T in keyof Rows & string]: TableColumns };
}

export type TableColumns = Readonly<Record<string, ColumnType>>;
