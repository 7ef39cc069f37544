import type { Row, RowRef, Table } from '../../compile/ovn/row.ts';
import { diff } from '../../converge/diff.ts';
import { done, type Outcome, type Owner, type Piece, retry, type Target, waiting } from '../../converge/piece.ts';
import type { Operation } from '../../ovsdb/operations.ts';
import type { Index, TableView } from '../../ovsdb/table.ts';
import type { TransactResult } from '../../ovsdb/transaction.ts';
import type { Uuid } from '../../ovsdb/values.ts';
import { type LooseRow, type LooseValue, looseOperations } from './loose-rows.ts';
import { MEMBER_COLUMNS, type Northbound, TABLES } from './northbound.ts';
import { Retirement } from './retirement.ts';
import { identityColumns, identityOf, type RowIdentity, rowSignal } from './row-identity.ts';
import {
  deletion,
  type HeldRow,
  type Holder,
  planRows,
  type RowDifference,
  type RowLookup,
  type RowTransaction,
  rowChanges,
} from './row-plan.ts';

interface Plan {
  /** What is to be sent. */
  readonly rows: RowTransaction;
  /** Rows that do not exist yet: nothing that refers to one is sent, nor what may belong to it. */
  readonly missing: readonly RowRef[];
  /** Rows that go when northd has seen them without VIPs. */
  readonly retiring: readonly HeldRow[];
  /** How many differences there are when all this is done. */
  readonly left: number;
}

interface Change {
  readonly table: string;
  readonly before: LooseRow | undefined;
  readonly after: LooseRow | undefined;
}

const identityKey = ({ owner, key }: RowIdentity): string => `${owner} ${key}`;

/** Fires when the replica is in step with the database again. */
const CONNECTED_SIGNAL = 'northbound connected';

const AWAITS_NORTHD = 'Waits until northd has seen that a load balancer has no VIPs any more.';
const CHANGED_MEANWHILE = 'Rows were changed by somebody else while they were written.';

/** A diff's key must be unique over tables. */
const pieceKey = (table: Table, key: string): string => `${table} ${key}`;

/** The Northbound database as a target: rows that carry owner and key, one transaction per owner. */
export class OvnTarget implements Target<Row>, RowLookup {
  readonly #northbound: Northbound;
  readonly #retirement: Retirement;
  readonly #byOwner = new Map<Table, Index<LooseRow>>();
  readonly #byIdentity = new Map<Table, Index<LooseRow>>();
  readonly #holders = new Map<
    Table,
    { readonly of: Table; readonly column: string; readonly index: Index<LooseRow> }[]
  >();
  readonly #committing = new Set<Owner>();
  readonly #mayWrite: () => boolean;

  /** @param mayWrite whether this process is the leader: stamps are put back outside of any reconcile */
  constructor(northbound: Northbound, mayWrite: () => boolean = () => true) {
    this.#northbound = northbound;
    this.#mayWrite = mayWrite;
    this.#retirement = new Retirement(northbound);
    for (const table of TABLES) {
      const rows = this.#table(table);
      const identity = (row: LooseRow): RowIdentity | undefined => identityOf(table, row);
      this.#byOwner.set(
        table,
        rows.addIndex(row => [identity(row)?.owner ?? []].flat()),
      );
      this.#byIdentity.set(
        table,
        rows.addIndex(row => [identity(row) ?? []].flat().map(identityKey)),
      );
    }
    for (const { of, column, holds } of MEMBER_COLUMNS) {
      const index = this.#table(of).addIndex(row => (row[column] as readonly string[] | undefined) ?? []);
      this.#holders.set(holds, [...(this.#holders.get(holds) ?? []), { of, column, index }]);
    }
  }

  observe(owner: Owner): Piece<HeldRow>[] {
    return TABLES.flatMap(table =>
      [...(this.#byOwner.get(table)?.get(owner) ?? [])].map(row => ({
        key: pieceKey(table, identityOf(table, row)?.key ?? ''),
        value: { table, row },
      })),
    );
  }

  /** Only deletions are sent while a row that a piece refers to does not exist: the owner then waits for that row. */
  async commit(owner: Owner, desired: readonly Piece<Row>[]): Promise<Outcome> {
    const plan = this.#plan(owner, this.#differences(owner, desired));
    const due = plan.retiring.filter(held => this.#retirement.isDue(held));
    const operations = [...plan.rows.operations, ...this.#retirement.begin(due)];
    if (operations.length === 0) return this.#ending(plan);

    const result = await this.#send(owner, operations);
    if (result.kind !== 'committed') return refusal(result);
    this.#retirement.begun(due);
    const lost = [...plan.rows.needs].filter(([index]) => result.counts[index] === 0).map(([, ref]) => ref);
    if (lost.length > 0) return waiting(lost.map(rowSignal), waitsFor(lost));
    // What others changed meanwhile was told to nobody, as our own change was not.
    return this.#differences(owner, desired).length > plan.left ? retry(CHANGED_MEANWHILE) : this.#ending(plan);
  }

  #ending({ missing, retiring }: Plan): Outcome {
    const northd = this.#retirement.signalsOf(retiring);
    if (missing.length > 0) return waiting([...missing.map(rowSignal), ...northd], waitsFor(missing));
    return retiring.length > 0 ? this.#untilSeen(retiring, northd) : done;
  }

  /** northd may have been faster than the answer to our transaction: nothing is told again then. */
  #untilSeen(retiring: readonly HeldRow[], signals: readonly string[]): Outcome {
    return retiring.some(held => this.#retirement.isOver(held))
      ? { kind: 'requeue', afterMs: 0 }
      : waiting(signals, AWAITS_NORTHD);
  }

  #differences(owner: Owner, desired: readonly Piece<Row>[]): RowDifference[] {
    const pieces = desired.map(({ key, value }) => ({ key: pieceKey(value.table, key), value: { key, row: value } }));
    return diff(pieces, this.observe(owner), ({ key, row }, held) => rowChanges(owner, key, row, held, this));
  }

  /** Rows that northd has to see without VIPs before they go are kept out of the transaction. */
  #plan(owner: Owner, differences: readonly RowDifference[]): Plan {
    const retires = (difference: RowDifference): boolean =>
      difference.kind === 'delete' &&
      Retirement.concerns(difference.observed) &&
      !this.#retirement.isOver(difference.observed);
    const retiring = differences.flatMap(difference =>
      difference.kind === 'delete' && retires(difference) ? [difference.observed] : [],
    );
    const others = differences.filter(difference => !retires(difference));
    const all = planRows(owner, others, this);
    if (all.missing.length === 0) return { rows: all, missing: [], retiring, left: retiring.length };
    const deletions = others.filter(({ kind }) => kind === 'delete');
    const rows = planRows(owner, deletions, this);
    return { rows, missing: all.missing, retiring, left: differences.length - deletions.length };
  }

  async #send(owner: Owner, operations: readonly Operation[]): Promise<TransactResult> {
    this.#committing.add(owner);
    try {
      return await this.#northbound.transact(operations);
    } finally {
      this.#committing.delete(owner);
    }
  }

  *owners(): Iterable<Owner> {
    for (const table of TABLES) for (const owner of this.#byOwner.get(table)?.keys() ?? []) yield owner as Owner;
  }

  onDrift(listener: (owner: Owner) => void): () => void {
    return this.#northbound.onChange(changes => {
      for (const change of changes as readonly Change[]) {
        if (change.table === 'NB_Global') continue;
        if (this.#claimAgain(change, listener)) continue;
        for (const owner of this.#concerned(change)) if (!this.#committing.has(owner)) listener(owner);
      }
    });
  }

  /** Tells of rows that came or went, of northd's progress and of a connection made anew, to those who wait for them. */
  onSignal(listener: (signal: string) => void): () => void {
    const endStatus = this.#northbound.onStatus(({ kind }) => kind === 'synchronised' && listener(CONNECTED_SIGNAL));
    const endChanges = this.#northbound.onChange(changes => {
      for (const { table, before, after } of changes as readonly Change[]) {
        if (table === 'NB_Global') {
          const seen = this.#retirement.signalsBetween(Number(before?.sb_cfg ?? 0), Number(after?.sb_cfg ?? 0));
          for (const signal of seen) listener(signal);
        } else if (!before || !after) {
          const identity = identityOf(table as Table, after ?? before ?? {});
          if (identity) listener(rowSignal({ table: table as Table, ...identity }));
          if (before) this.#retirement.forget(before._uuid);
        }
      }
    });
    return () => {
      endStatus();
      endChanges();
    };
  }

  uuidOf({ table, ...identity }: RowRef): LooseRow['_uuid'] | undefined {
    for (const row of this.#byIdentity.get(table)?.get(identityKey(identity)) ?? []) return row._uuid;
    return undefined;
  }

  holdersOf({ table, row }: HeldRow): Holder[] {
    return (this.#holders.get(table) ?? []).flatMap(({ of, column, index }) =>
      [...index.get(row._uuid)].map(holder => ({ of, column, uuid: holder._uuid })),
    );
  }

  serves(table: Table, column: string): boolean {
    return this.#northbound.serves(table, column as never);
  }

  /**
   * A row whose stamp was taken off by hand would be nobody's, and leak: it is stamped again at once, and its owner told when it is.
   * Where that is refused (its name is another's meanwhile), it goes.
   */
  #claimAgain({ table, before, after }: Change, listener: (owner: Owner) => void): boolean {
    if (!before || !after || !this.#mayWrite()) return false;
    const identity = identityOf(table as Table, before);
    const now = identityOf(table as Table, after);
    if (!identity || (now && identityKey(now) === identityKey(identity))) return false;
    void this.#stampAgain({ table: table as Table, row: after }, identity).then(() => listener(identity.owner));
    return true;
  }

  async #stampAgain(held: HeldRow, identity: RowIdentity): Promise<void> {
    const { table, row } = held;
    const kept = row.external_ids as Readonly<Record<string, string>> | undefined;
    const stamp = looseOperations.update(table, row._uuid, identityColumns(table, identity, kept));
    const result = await this.#northbound.transact([stamp]);
    if (result.kind === 'refused') await this.#northbound.transact(deletion(held, this));
  }

  /** The owner of the row, and those of rows that it took in or let go: who is a member is their piece. */
  #concerned(change: Change): Set<Owner> {
    const owners = ownersOf(change);
    for (const { of, column, holds } of MEMBER_COLUMNS) {
      if (of !== change.table) continue;
      for (const uuid of inOneOnly(change.before?.[column], change.after?.[column])) {
        const member = this.#table(holds).get(uuid);
        const identity = member && identityOf(holds, member);
        if (identity) owners.add(identity.owner);
      }
    }
    return owners;
  }

  #table(table: Table): Pick<TableView<LooseRow>, 'addIndex' | 'get'> {
    return this.#northbound.table(table) as never;
  }
}

const inOneOnly = (before: LooseValue, after: LooseValue): Uuid[] => {
  if (before === after) return [];
  const [left, right] = [new Set(uuidsIn(before)), new Set(uuidsIn(after))];
  return [...[...left].filter(uuid => !right.has(uuid)), ...[...right].filter(uuid => !left.has(uuid))];
};

const uuidsIn = (value: LooseValue): readonly Uuid[] => (Array.isArray(value) ? value : []);

const ownersOf = ({ table, before, after }: Change): Set<Owner> =>
  new Set([before, after].flatMap(row => (row && identityOf(table as Table, row)?.owner) ?? []));

const waitsFor = (refs: readonly RowRef[]): string =>
  `Waits for ${[...new Set(refs.map(ref => `${ref.table} of ${ref.owner}`))].join(', ')}.`;

const refusal = (result: Exclude<TransactResult, { kind: 'committed' }>): Outcome => {
  switch (result.kind) {
    case 'refused':
      return retry(`The Northbound database refused: ${result.reason}: ${result.details}`);
    case 'unknown':
      return retry(`The connection to the Northbound database was cut: ${result.reason.message}`);
    case 'not-connected':
      return waiting([CONNECTED_SIGNAL], 'There is no connection to the Northbound database.');
  }
};
