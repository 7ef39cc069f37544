import type { Table } from '../../compile/ovn/row.ts';
import { OvsdbClient } from '../../ovsdb/client.ts';
import { type NbRows, nbDatabase } from '../../ovsdb/generated/ovn-nb.ts';
import type { TlsFiles } from '../../ovsdb/transport.ts';

/** The columns we write and so compare, per table; what northd writes (`up`, `status`) is left out, and so costs no memory. */
export const WRITTEN_COLUMNS = {
  Logical_Router: ['name', 'options', 'load_balancer_group'],
  Logical_Router_Port: ['name', 'mac', 'networks', 'options'],
  Logical_Router_Static_Route: ['ip_prefix', 'nexthop', 'policy', 'output_port', 'route_table', 'options'],
  Logical_Router_Policy: ['priority', 'match', 'action', 'nexthops', 'options'],
  Logical_Switch: ['name', 'other_config', 'load_balancer_group'],
  Logical_Switch_Port: [
    'name',
    'type',
    'addresses',
    'port_security',
    'options',
    'tag',
    'dhcpv4_options',
    'dhcpv6_options',
  ],
  Gateway_Chassis: ['name', 'chassis_name', 'priority'],
  NAT: ['type', 'logical_ip', 'external_ip', 'external_mac', 'logical_port', 'gateway_port', 'options'],
  Load_Balancer: ['name', 'protocol', 'vips', 'options', 'selection_fields', 'ip_port_mappings'],
  Load_Balancer_Group: [],
  Address_Set: ['name', 'addresses'],
} as const satisfies { readonly [T in Table]: readonly (keyof NbRows[T] & string)[] };

/** Set columns through which a row of one table holds rows of another. */
export const MEMBER_COLUMNS = [
  { of: 'Logical_Router', column: 'ports', holds: 'Logical_Router_Port' },
  { of: 'Logical_Router', column: 'nat', holds: 'NAT' },
  { of: 'Logical_Router', column: 'static_routes', holds: 'Logical_Router_Static_Route' },
  { of: 'Logical_Router', column: 'policies', holds: 'Logical_Router_Policy' },
  { of: 'Logical_Router', column: 'load_balancer_group', holds: 'Load_Balancer_Group' },
  { of: 'Logical_Router_Port', column: 'gateway_chassis', holds: 'Gateway_Chassis' },
  { of: 'Logical_Switch', column: 'ports', holds: 'Logical_Switch_Port' },
  { of: 'Logical_Switch', column: 'load_balancer_group', holds: 'Load_Balancer_Group' },
  { of: 'Load_Balancer_Group', column: 'load_balancer', holds: 'Load_Balancer' },
] as const satisfies readonly { readonly of: Table; readonly column: string; readonly holds: Table }[];

const memberColumnsOf = (table: Table): string[] =>
  MEMBER_COLUMNS.filter(member => member.of === table).map(member => member.column);

/** Tables that are deleted from directly; rows of the others vanish with their last holder (`isRoot` in the schema). */
export const ROOT_TABLES: ReadonlySet<Table> = new Set<Table>([
  'Logical_Router',
  'Logical_Switch',
  'Load_Balancer',
  'Load_Balancer_Group',
  'Address_Set',
]);

/** Every table that we write. */
export const TABLES = Object.keys(WRITTEN_COLUMNS) as readonly Table[];

const identityColumn = (table: Table): string => (table === 'Load_Balancer_Group' ? 'name' : 'external_ids');

const selection = Object.fromEntries([
  ...TABLES.map(table => [
    table,
    [...new Set([...WRITTEN_COLUMNS[table], ...memberColumnsOf(table), identityColumn(table)])],
  ]),
  ['NB_Global', ['nb_cfg', 'sb_cfg']],
]) as { readonly [T in Table]: readonly (keyof NbRows[T] & string)[] } & {
  readonly NB_Global: readonly ['nb_cfg', 'sb_cfg'];
};

export type Northbound = OvsdbClient<NbRows, typeof selection>;

/** Connects to the Northbound database and follows the tables that we write. */
export const connectNorthbound = (remotes: string, tls?: TlsFiles): Northbound =>
  new OvsdbClient({ remotes, database: nbDatabase, tables: selection, ...(tls && { tls }) });
