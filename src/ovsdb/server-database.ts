import type { Identified } from './table.ts';
import type { Database, Uuid } from './values.ts';

/** A row of table Database in the database `_Server`, which every ovsdb-server since 2.9 has: ovsdb-server(5). */
export interface DatabaseRow extends Identified {
  readonly name: string;
  readonly model: 'standalone' | 'clustered' | 'relay';
  /** Whether a member of a cluster is in touch with a majority of it. */
  readonly connected: boolean;
  readonly leader: boolean;
  /** As JSON; undefined until a member has joined its cluster. */
  readonly schema: string | undefined;
  /** The cluster's identity. */
  readonly cid: Uuid | undefined;
}

export const serverDatabase: Database<{ readonly Database: DatabaseRow }> = {
  name: '_Server',
  tables: {
    Database: {
      name: { kind: 'scalar', key: 'string' },
      model: { kind: 'scalar', key: 'string' },
      connected: { kind: 'scalar', key: 'boolean' },
      leader: { kind: 'scalar', key: 'boolean' },
      schema: { kind: 'optional', key: 'string' },
      cid: { kind: 'optional', key: 'uuid' },
    },
  },
};

/** Why a client should look for another server, or undefined when this one will do. */
export function whyUnfit(row: DatabaseRow | undefined, leaderOnly: boolean): string | undefined {
  if (row === undefined) return 'not served here';
  if (row.schema === undefined) return 'has not joined its cluster';
  if (row.model === 'standalone') return undefined;
  if (!row.connected) return 'not connected to its cluster';
  return row.model === 'clustered' && leaderOnly && !row.leader ? 'this member is not the leader' : undefined;
}
