import type { ColumnType, Database, NamedUuid, TableColumns, Uuid } from './values.ts';
import { encodeValue, type WireRow, type WireValue, type WritableValue } from './wire-values.ts';

/** A column as it is written: where a row may be referred to, so may one that the same transaction inserts. */
export type Writable<V> = V extends Uuid
  ? Uuid | NamedUuid
  : V extends readonly (infer E)[]
    ? readonly Writable<E>[]
    : V;

/** Columns to write; those not named keep their value, or in an insert get the default. */
export type WritableRow<Row> = { readonly [C in keyof Row]?: Writable<Row[C]> | undefined };

type Comparison = '==' | '!=' | 'includes' | 'excludes' | '<' | '<=' | '>' | '>=';
/** RFC 7047 §5.1 `<condition>`; `includes` and `excludes` compare a set or map with a part of it. */
export type Condition<Row> = {
  [C in keyof Row & string]: readonly [C, Comparison, Writable<Row[C]>];
}[keyof Row & string];

/** The rows that an operation is about: one row, or all that meet every condition. */
export type Where<Row> = Uuid | NamedUuid | readonly Condition<Row>[];

/** What may be deleted from a column: elements of a set, keys of a map (whatever their values), or pairs of it. */
type Deletable<V> = V extends readonly unknown[] ? Writable<V> : V | readonly string[];

/** RFC 7047 §5.1 `<mutation>`. Members that are there already, or are not, are no error. */
export type Mutation<Row> = {
  [C in keyof Row & string]:
    | readonly [C, 'insert', Writable<Row[C]>]
    | readonly [C, 'delete', Deletable<Row[C]>]
    | readonly [C, '+=' | '-=' | '*=' | '/=' | '%=', number];
}[keyof Row & string];

type WireTriple = readonly [column: string, how: string, value: WireValue];

/** An operation as `transact` sends it (RFC 7047 §5.2). */
export type Operation =
  | { readonly op: 'insert'; readonly table: string; readonly row: WireRow; readonly 'uuid-name'?: string }
  | { readonly op: 'update'; readonly table: string; readonly where: readonly WireTriple[]; readonly row: WireRow }
  | {
      readonly op: 'mutate';
      readonly table: string;
      readonly where: readonly WireTriple[];
      readonly mutations: readonly WireTriple[];
    }
  | { readonly op: 'delete'; readonly table: string; readonly where: readonly WireTriple[] }
  | {
      readonly op: 'wait';
      readonly table: string;
      readonly where: readonly WireTriple[];
      readonly columns: readonly string[];
      readonly until: '==' | '!=';
      readonly rows: readonly WireRow[];
      readonly timeout: number;
    }
  | { readonly op: 'comment'; readonly comment: string }
  | { readonly op: 'assert'; readonly lock: string };

export interface WaitOptions {
  /** `==` (the default) waits until the rows are as given, `!=` until they are not. */
  readonly until?: '==' | '!=';
  /** 0, the default: fail at once, which makes a precondition of it. */
  readonly timeoutMs?: number;
}

/** Names the row that an insert of the same transaction creates. `name` is a C identifier (RFC 7047 §3.1 `<id>`). */
export const named = (name: string): NamedUuid => ({ named: name });

/** For the log of the server and for `ovsdb-tool show-log`. */
export const comment = (text: string): Operation => ({ op: 'comment', comment: text });

/** Fails unless this connection holds the lock (RFC 7047 §5.2.10). */
export const assert = (lock: string): Operation => ({ op: 'assert', lock });

/** Builds operations on the tables of one database. Pure: a column that the schema does not have is a bug and throws. */
export class Operations<Rows> {
  readonly #database: Database<Rows>;

  constructor(database: Database<Rows>) {
    this.#database = database;
  }

  /** @param name by which other operations of the transaction may refer to the new row, as `named(name)` */
  insert<T extends keyof Rows & string>(table: T, row: WritableRow<Rows[T]>, name?: string): Operation {
    const insert = { op: 'insert', table, row: encodeRow(this.#columns(table), row) } as const;
    return name === undefined ? insert : { ...insert, 'uuid-name': name };
  }

  update<T extends keyof Rows & string>(table: T, where: Where<Rows[T]>, row: WritableRow<Rows[T]>): Operation {
    const columns = this.#columns(table);
    return { op: 'update', table, where: encodeWhere(columns, where), row: encodeRow(columns, row) };
  }

  /** Changes parts of columns, so that others' changes to the same sets and maps stay. */
  mutate<T extends keyof Rows & string>(
    table: T,
    where: Where<Rows[T]>,
    mutations: readonly Mutation<Rows[T]>[],
  ): Operation {
    const columns = this.#columns(table);
    const encoded = (mutations as readonly LooseTriple[]).map(mutation => encodeMutation(columns, mutation));
    return { op: 'mutate', table, where: encodeWhere(columns, where), mutations: encoded };
  }

  delete<T extends keyof Rows & string>(table: T, where: Where<Rows[T]>): Operation {
    return { op: 'delete', table, where: encodeWhere(this.#columns(table), where) };
  }

  /** Makes the transaction depend on what was read: the rows at `where` have just these columns. No rows: none is there. */
  wait<T extends keyof Rows & string>(
    table: T,
    where: Where<Rows[T]>,
    rows: readonly WritableRow<Rows[T]>[],
    { until = '==', timeoutMs = 0 }: WaitOptions = {},
  ): Operation {
    const columns = this.#columns(table);
    const encoded = rows.map(row => encodeRow(columns, row));
    const compared = rows.length === 0 ? ['_uuid'] : Object.keys(encoded[0] ?? {});
    const wait = { op: 'wait', table, columns: compared, until, rows: encoded, timeout: timeoutMs } as const;
    return { ...wait, where: encodeWhere(columns, where) };
  }

  #columns(table: keyof Rows & string): TableColumns {
    return this.#database.tables[table];
  }
}

type LooseTriple = readonly [column: string, how: string, value: WritableValue];

function typeOf(columns: TableColumns, name: string): ColumnType {
  const type = columns[name];
  if (type === undefined) throw new TypeError(`no OVSDB column ${name} in the schema`);
  return type;
}

function encodeRow(columns: TableColumns, row: object): WireRow {
  const entries = Object.entries(row as Record<string, WritableValue>);
  return Object.fromEntries(entries.map(([name, value]) => [name, encodeValue(value, typeOf(columns, name))]));
}

function encodeWhere<Row>(columns: TableColumns, where: Where<Row>): WireTriple[] {
  if (typeof where === 'string') return [['_uuid', '==', ['uuid', where]]];
  if ('named' in where) return [['_uuid', '==', ['named-uuid', where.named]]];
  const conditions = where as readonly LooseTriple[];
  return conditions.map(([name, comparison, value]) => [name, comparison, encodeValue(value, typeOf(columns, name))]);
}

function encodeMutation(columns: TableColumns, [name, mutator, value]: LooseTriple): WireTriple {
  const type = typeOf(columns, name);
  if (mutator !== 'insert' && mutator !== 'delete') return [name, mutator, value as number];
  const keysOnly = type.kind === 'map' && Array.isArray(value);
  return [name, mutator, encodeValue(value, keysOnly ? { kind: 'set', key: type.key } : type)];
}
