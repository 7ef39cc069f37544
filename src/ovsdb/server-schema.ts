import { ProtocolError } from './errors.ts';
import type { ColumnType, TableColumns } from './values.ts';

/** What the connected server's schema offers: the kind of each column of each table. */
export type ServerSchema = ReadonlyMap<string, ReadonlyMap<string, ColumnType['kind']>>;

/** Reads the answer to `get_schema` (RFC 7047 §3.2). @throws ProtocolError */
export function parseServerSchema(answer: unknown): ServerSchema {
  const tables = entriesOf(property(answer, 'tables'));
  return new Map(
    tables.map(([name, table]) => {
      const columns = entriesOf(property(table, 'columns'));
      return [name, new Map(columns.map(([column, { type }]) => [column, kindOf(type)]))];
    }),
  );
}

/** The wanted columns that the server has in the shape we know; nothing when it lacks the table. */
export function availableColumns(wanted: TableColumns, table: string, server: ServerSchema): TableColumns | undefined {
  const columns = server.get(table);
  if (columns === undefined) return undefined;
  return Object.fromEntries(Object.entries(wanted).filter(([name, { kind }]) => columns.get(name) === kind));
}

function property(value: unknown, name: string): unknown {
  if (typeof value === 'object' && value !== null && name in value) return Reflect.get(value, name);
  throw new ProtocolError(`OVSDB schema without "${name}"`);
}

const entriesOf = (value: unknown): [string, Record<string, unknown>][] =>
  Object.entries(value as Record<string, Record<string, unknown>>);

function kindOf(type: unknown): ColumnType['kind'] {
  if (typeof type !== 'object' || type === null) return 'scalar';
  const { value, min = 1, max = 1 } = type as { value?: unknown; min?: unknown; max?: unknown };
  if (value !== undefined) return 'map';
  if (max !== 1) return 'set';
  return min === 0 ? 'optional' : 'scalar';
}
