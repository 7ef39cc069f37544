import type { Owner, Piece } from '../../converge/piece.ts';

/** The Northbound tables that we write (ovn-nb(5)). */
export type Table =
  | 'Logical_Router'
  | 'Logical_Router_Port'
  | 'Logical_Router_Static_Route'
  | 'Logical_Router_Policy'
  | 'Logical_Switch'
  | 'Logical_Switch_Port'
  | 'Gateway_Chassis'
  | 'NAT'
  | 'Load_Balancer'
  | 'Load_Balancer_Group'
  | 'Address_Set';

/** Names a row by what it was compiled from; the target finds its uuid. */
export interface RowRef {
  readonly table: Table;
  readonly owner: Owner;
  readonly key: string;
}

/** A set column of another row that this row is a member of: `ports` of a switch, `nat` of a router. */
export interface Membership {
  readonly of: RowRef;
  readonly column: string;
}

export type ColumnValue =
  | string
  | number
  | boolean
  | RowRef
  | readonly (string | RowRef)[]
  | Readonly<Record<string, string>>;

/** One Northbound row. A column we manage that is left out has the schema's default. */
export interface Row {
  readonly table: Table;
  readonly columns: Readonly<Record<string, ColumnValue>>;
  /** Rows that are not roots of the schema vanish unless at least one row holds them. */
  readonly memberOf?: readonly Membership[];
}

export type RowPiece = Piece<Row>;

export const isRowRef = (value: ColumnValue | undefined): value is RowRef =>
  typeof value === 'object' && !Array.isArray(value) && 'table' in value && 'owner' in value && 'key' in value;

/** Where the rows of each object are found by others: the one place that knows keys across owners. */
export const routerOf = (vpc: string): RowRef => ({
  table: 'Logical_Router',
  owner: `Vpc/${vpc}` as Owner,
  key: 'Router',
});
export const loadBalancersOf = (vpc: string): RowRef => ({
  table: 'Load_Balancer_Group',
  owner: `Vpc/${vpc}` as Owner,
  key: 'LoadBalancers',
});
export const switchOf = (subnet: string): RowRef => ({
  table: 'Logical_Switch',
  owner: `Subnet/${subnet}` as Owner,
  key: 'Switch',
});
export const gatewayPortOf = (ovnEip: string): RowRef => ({
  table: 'Logical_Router_Port',
  owner: `OvnEip/${ovnEip}` as Owner,
  key: 'RouterPort',
});
