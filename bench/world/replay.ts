/** The rows of a Northbound database as the transactions that would make them: the limit that controllers are held against. */

import { MEMBER_COLUMNS, type Northbound, TABLES } from '../../src/controllers/targets/northbound.ts';
import { identityOf } from '../../src/controllers/targets/row-identity.ts';
import { type NbRows, nbDatabase } from '../../src/ovsdb/generated/ovn-nb.ts';
import type { ColumnType, Uuid } from '../../src/ovsdb/values.ts';
import { encodeValue, type WritableValue } from '../../src/ovsdb/wire-values.ts';
import { transactRequest } from './raw-sender.ts';

type Table = (typeof TABLES)[number];
type LooseRow = Readonly<Record<string, WritableValue>> & { readonly _uuid: Uuid };

interface OwnedRow {
  readonly table: Table;
  readonly row: LooseRow;
}

/** What others refer to comes first. */
const ORDER = ['Vpc', 'Subnet', 'OvnEip', 'OvnSnatRule', 'Service'];

/**
 * One transaction for each owner, with rows under the uuids they have: so the requests do not depend on any answer. Rows of others
 * (`ports` of a switch) are joined by mutations, as controllers do it.
 */
export const replayRequests = (northbound: Northbound): Buffer[] => {
  const owners = Map.groupBy(ownedRows(northbound), ({ table, row }) => identityOf(table, row)?.owner ?? '');
  const holders = holdersOf(northbound);
  return [...owners]
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .map(([, rows], id) =>
      transactRequest(id, nbDatabase.name, [
        ...rows.map(({ table, row }) => insert(table, row)),
        ...rows.flatMap(({ row }) => (holders.get(row._uuid) ?? []).map(holder => join(holder, row._uuid))),
      ]),
    );
};

const rank = (owner: string): number => ORDER.indexOf(owner.split('/')[0] ?? '');

const ownedRows = (northbound: Northbound): OwnedRow[] =>
  TABLES.flatMap(table =>
    rowsOf(northbound, table)
      .filter(row => identityOf(table, row) !== undefined)
      .map(row => ({ table, row })),
  );

const rowsOf = (northbound: Northbound, table: Table): LooseRow[] => [
  ...(northbound.table(table).rows as unknown as ReadonlyMap<Uuid, LooseRow>).values(),
];

interface Holder {
  readonly of: Table;
  readonly column: string;
  readonly uuid: Uuid;
}

/** Set columns that refer to rows which the row itself names at creation stay with the row. */
const isOwnColumn = (table: string, column: string): boolean =>
  column === 'load_balancer_group' && (table === 'Logical_Router' || table === 'Logical_Switch');

const holdersOf = (northbound: Northbound): Map<Uuid, Holder[]> => {
  const holders = new Map<Uuid, Holder[]>();
  for (const { of, column } of MEMBER_COLUMNS.filter(member => !isOwnColumn(member.of, member.column))) {
    for (const row of rowsOf(northbound, of)) {
      for (const member of row[column] as readonly Uuid[])
        holders.set(member, [...(holders.get(member) ?? []), { of, column, uuid: row._uuid }]);
    }
  }
  return holders;
};

const isMemberColumn = (table: Table, column: string): boolean =>
  !isOwnColumn(table, column) && MEMBER_COLUMNS.some(member => member.of === table && member.column === column);

/** https://docs.openvswitch.org/en/latest/ref/ovsdb-server.7/ on `insert`: a row may be given its uuid. */
const insert = (table: Table, { _uuid, ...row }: LooseRow): object => {
  const types = nbDatabase.tables[table as keyof NbRows] as Readonly<Record<string, ColumnType>>;
  const columns = Object.entries(row).filter(([name]) => !isMemberColumn(table, name) && types[name] !== undefined);
  const encoded = columns.map(([name, value]) => [name, encodeValue(value, types[name] ?? fail(name))]);
  return { op: 'insert', table, uuid: _uuid, row: Object.fromEntries(encoded) };
};

const fail = (column: string): never => {
  throw new TypeError(`no column ${column}`);
};

const join = ({ of, column, uuid }: Holder, member: Uuid): object => ({
  op: 'mutate',
  table: of,
  where: [['_uuid', '==', ['uuid', uuid]]],
  mutations: [[column, 'insert', ['set', [['uuid', member]]]]],
});
