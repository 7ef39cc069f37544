import type { RowRef, Table } from '../../compile/ovn/row.ts';
import type { Owner } from '../../converge/piece.ts';

/**
 * Who a Northbound row was made for, and which of its pieces it is. In external_ids, stamped once at creation: northd recomputes
 * everything when a router's or switch's external_ids change. A Load_Balancer_Group has no external_ids; its name is stamped instead.
 */
const OWNER = 'kube-dc.com/owner';
const KEY = 'kube-dc.com/key';
/** On a load balancer whose VIPs were taken away and which goes when northd has seen that: the VIPs it had. */
const RETIRED = 'kube-dc.com/retired';

export interface RowIdentity {
  readonly owner: Owner;
  readonly key: string;
}

type Stamped = Readonly<Record<string, unknown>>;

const idsOf = (row: Stamped): Readonly<Record<string, string>> =>
  (row.external_ids ?? {}) as Readonly<Record<string, string>>;

/** undefined: the row is not ours. */
export const identityOf = (table: Table, row: Stamped): RowIdentity | undefined => {
  if (table === 'Load_Balancer_Group') return fromName(String(row.name));
  const owner = idsOf(row)[OWNER];
  const key = idsOf(row)[KEY];
  return owner === undefined || key === undefined ? undefined : { owner: owner as Owner, key };
};

/** Neither owners nor the keys of groups have blanks. */
const fromName = (name: string): RowIdentity | undefined => {
  const [owner, key, ...rest] = name.split(' ');
  return owner?.includes('/') && key && rest.length === 0 ? { owner: owner as Owner, key } : undefined;
};

/** The columns that carry the identity. `kept` are external_ids that others wrote. */
export const identityColumns = (
  table: Table,
  { owner, key }: RowIdentity,
  kept: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string | Readonly<Record<string, string>>>> => {
  if (table === 'Load_Balancer_Group') return { name: `${owner} ${key}` };
  const { [RETIRED]: _, ...others } = kept;
  return { external_ids: { ...others, [OWNER]: owner, [KEY]: key } };
};

export const isRetired = (row: Stamped): boolean => idsOf(row)[RETIRED] !== undefined;

export const retiredIds = (row: Stamped): Readonly<Record<string, string>> => ({
  ...idsOf(row),
  [RETIRED]: idsOf(row)[RETIRED] ?? vipsOf(row).join(' '),
});

/** VIPs (`100.65.0.112:80`) that northd may still answer for, those of a retired row among them. */
export const vipsOf = (row: Stamped): string[] => {
  const retired = idsOf(row)[RETIRED];
  return [...Object.keys(row.vips ?? {}), ...(retired ? retired.split(' ') : [])];
};

/** Fires when the row comes or goes. */
export const rowSignal = ({ table, owner, key }: RowRef): string => `row ${table} ${owner} ${key}`;
