import {
  type ColumnValue,
  isRowRef,
  type Membership,
  type Row,
  type RowRef,
  type Table,
} from '../../compile/ovn/row.ts';
import type { Operation as Difference, Owner } from '../../converge/piece.ts';
import { type NbRows, nbDatabase } from '../../ovsdb/generated/ovn-nb.ts';
import { named, type Operation } from '../../ovsdb/operations.ts';
import type { NamedUuid, Uuid } from '../../ovsdb/values.ts';
import { type LooseRow, type LooseValue, looseOperations } from './loose-rows.ts';
import { ROOT_TABLES, WRITTEN_COLUMNS } from './northbound.ts';
import { identityColumns, isRetired, rowSignal } from './row-identity.ts';
import { same } from './same.ts';

/** A row as the replica has it. */
export interface HeldRow {
  readonly table: Table;
  readonly row: LooseRow;
}

/** A row that holds another in one of its set columns. */
export interface Holder {
  readonly of: Table;
  readonly column: string;
  readonly uuid: Uuid;
}

/** What the replica knows. */
export interface RowLookup {
  uuidOf(ref: RowRef): Uuid | undefined;
  holdersOf(held: HeldRow): readonly Holder[];
  serves(table: Table, column: string): boolean;
}

export interface RowChanges {
  readonly columns: readonly string[];
  readonly join: readonly Membership[];
  readonly leave: readonly Holder[];
}

type Columns = Readonly<Record<string, LooseValue>>;

/** What a column holds that was not named: the default of its type (RFC 7047 §5.2.1). */
const defaultOf = (table: Table, column: string): LooseValue => {
  const type = (nbDatabase.tables[table as keyof NbRows] as Readonly<Record<string, { kind: string; key: string }>>)[
    column
  ];
  if (type?.kind === 'set') return [];
  if (type?.kind === 'map') return {};
  if (type?.kind !== 'scalar') return undefined;
  return { integer: 0, real: 0, boolean: false }[type.key] ?? '';
};

const sorted = (value: LooseValue): LooseValue => (Array.isArray(value) ? value.toSorted() : value);

const byRef = ({ table, owner, key }: RowRef): string => rowSignal({ table, owner, key });

/** Turns what a compiler said into what the database takes; collects the references that lead nowhere yet. */
class Resolver {
  readonly missing: RowRef[] = [];
  readonly #lookup: RowLookup;
  readonly #creating: ReadonlyMap<string, NamedUuid>;

  constructor(lookup: RowLookup, creating: ReadonlyMap<string, NamedUuid> = new Map()) {
    this.#lookup = lookup;
    this.#creating = creating;
  }

  ref(ref: RowRef): Uuid | NamedUuid | undefined {
    const found = this.#creating.get(byRef(ref)) ?? this.#lookup.uuidOf(ref);
    if (found === undefined) this.missing.push(ref);
    return found;
  }

  value(value: ColumnValue | undefined, fallback: LooseValue): LooseValue {
    if (value === undefined) return fallback;
    if (isRowRef(value)) return this.ref(value);
    if (!Array.isArray(value)) return value as LooseValue;
    return (value as readonly (string | RowRef)[])
      .map(item => (typeof item === 'string' ? item : this.ref(item)))
      .filter(item => item !== undefined);
  }

  columns(row: Row, names: readonly string[]): Columns {
    return Object.fromEntries(names.map(name => [name, this.value(row.columns[name], defaultOf(row.table, name))]));
  }
}

/** What differs between a wanted row and the one held; undefined when nothing does. Order within sets means nothing. */
export const rowChanges = (
  owner: Owner,
  key: string,
  wanted: Row,
  held: HeldRow,
  lookup: RowLookup,
): RowChanges | undefined => {
  const resolver = new Resolver(lookup);
  const columns: string[] = WRITTEN_COLUMNS[wanted.table].filter(name => {
    if (!lookup.serves(wanted.table, name)) return false;
    const missing = resolver.missing.length;
    const value = resolver.value(wanted.columns[name], defaultOf(wanted.table, name));
    // A reference that leads nowhere is a difference: whoever plans it waits for the row.
    return resolver.missing.length > missing || !same(sorted(value), sorted(held.row[name]));
  });
  const identity = identityColumns(wanted.table, { owner, key });
  const stamped = Object.entries(identity).every(([name, value]) => isStamped(held.row[name], value));
  if (!stamped || isRetired(held.row)) columns.push(...Object.keys(identity));

  const holders = lookup.holdersOf(held);
  const memberships = wanted.memberOf ?? [];
  const join = memberships.filter(
    ({ of, column }) => !holders.some(holder => holder.uuid === lookup.uuidOf(of) && holder.column === column),
  );
  const leave = holders.filter(holder => isSurplus(holder, wanted, lookup));
  return columns.length + join.length + leave.length > 0 ? { columns, join, leave } : undefined;
};

const isStamped = (held: LooseValue, wanted: LooseValue): boolean =>
  typeof wanted === 'object' && !Array.isArray(wanted)
    ? Object.entries(wanted).every(
        ([name, value]) => (held as Readonly<Record<string, string>> | undefined)?.[name] === value,
      )
    : held === wanted;

/** Rows that name their members themselves (a switch its group) are compared as columns; only memberships that the member asks for are undone. */
const isSurplus = (holder: Holder, wanted: Row, lookup: RowLookup): boolean => {
  const memberships = wanted.memberOf ?? [];
  if (memberships.length === 0) return false;
  return !memberships.some(({ of, column }) => column === holder.column && lookup.uuidOf(of) === holder.uuid);
};

export interface RowTransaction {
  readonly operations: readonly Operation[];
  /** At the index of an operation: the row it needs; if the operation matched none, that row was gone. */
  readonly needs: ReadonlyMap<number, RowRef>;
  /** References to rows that do not exist yet: this may not be sent. */
  readonly missing: readonly RowRef[];
}

export type RowDifference = Difference<{ readonly key: string; readonly row: Row }, HeldRow, RowChanges>;

/** One transaction that makes up the differences. */
export const planRows = (owner: Owner, differences: readonly RowDifference[], lookup: RowLookup): RowTransaction => {
  const plan = new RowPlan(owner, lookup, namesOf(owner, differences));
  for (const difference of differences) plan.add(difference);
  return plan;
};

const namesOf = (owner: Owner, differences: readonly RowDifference[]): Map<string, NamedUuid> => {
  const creating = new Map<string, NamedUuid>();
  for (const { kind, desired } of differences.filter(difference => difference.kind === 'create')) {
    if (kind === 'create')
      creating.set(byRef({ table: desired.row.table, owner, key: desired.key }), named(`row${creating.size}`));
  }
  return creating;
};

class RowPlan implements RowTransaction {
  readonly operations: Operation[] = [];
  readonly needs = new Map<number, RowRef>();
  readonly #owner: Owner;
  readonly #lookup: RowLookup;
  readonly #creating: ReadonlyMap<string, NamedUuid>;
  readonly #resolver: Resolver;

  constructor(owner: Owner, lookup: RowLookup, creating: ReadonlyMap<string, NamedUuid>) {
    this.#owner = owner;
    this.#lookup = lookup;
    this.#creating = creating;
    this.#resolver = new Resolver(lookup, creating);
  }

  get missing(): readonly RowRef[] {
    return this.#resolver.missing;
  }

  add(difference: RowDifference): void {
    if (difference.kind === 'delete') this.operations.push(...deletion(difference.observed, this.#lookup));
    else if (difference.kind === 'create') this.#create(difference.desired.key, difference.desired.row);
    else this.#update(difference);
  }

  #create(key: string, row: Row): void {
    const member = this.#creating.get(byRef({ table: row.table, owner: this.#owner, key }));
    if (!member) throw new Error(`no name was given to the new row ${key}`);
    const columns = this.#resolver.columns(row, Object.keys(row.columns));
    const identity = identityColumns(row.table, { owner: this.#owner, key });
    this.operations.push(looseOperations.insert(row.table, { ...columns, ...identity }, member.named));
    this.#join(member, row.memberOf ?? []);
  }

  #update({ desired, observed, changes }: Extract<RowDifference, { kind: 'update' }>): void {
    const { _uuid: uuid } = observed.row;
    this.operations.push(...columnUpdate(this.#owner, desired, observed, changes, this.#resolver));
    this.operations.push(...changes.leave.map(holder => leaving(holder, uuid)));
    this.#join(uuid, changes.join);
  }

  #join(member: Uuid | NamedUuid, memberships: readonly Membership[]): void {
    for (const { of, column } of memberships) {
      const holder = this.#resolver.ref(of);
      if (holder === undefined) continue;
      if (typeof holder === 'string') this.needs.set(this.operations.length, of);
      this.operations.push(looseOperations.mutate(of.table, holder, [[column, 'insert', [member]]]));
    }
  }
}

const columnUpdate = (
  owner: Owner,
  desired: { readonly key: string; readonly row: Row },
  { table, row }: HeldRow,
  { columns }: RowChanges,
  resolver: Resolver,
): Operation[] => {
  if (columns.length === 0) return [];
  const kept = row.external_ids as Readonly<Record<string, string>> | undefined;
  const identity = identityColumns(table, { owner, key: desired.key }, kept);
  const names = columns.filter(name => !(name in identity));
  const stamp = names.length < columns.length ? identity : {};
  return [looseOperations.update(table, row._uuid, { ...resolver.columns(desired.row, names), ...stamp })];
};

const leaving = ({ of, column, uuid }: Holder, member: Uuid): Operation =>
  looseOperations.mutate(of, uuid, [[column, 'delete', [member]]]);

/** Out of every row that holds it; a root row then has to be deleted itself, the others vanish. */
export const deletion = (held: HeldRow, lookup: RowLookup): Operation[] => [
  ...lookup.holdersOf(held).map(holder => leaving(holder, held.row._uuid)),
  ...(ROOT_TABLES.has(held.table) ? [looseOperations.delete(held.table, held.row._uuid)] : []),
];
