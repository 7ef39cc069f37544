import { type NbRows, nbDatabase } from '../../ovsdb/generated/ovn-nb.ts';
import { type Operation, Operations } from '../../ovsdb/operations.ts';
import type { Uuid } from '../../ovsdb/values.ts';
import { looseOperations } from './loose-rows.ts';
import type { Northbound } from './northbound.ts';
import { isRetired, retiredIds } from './row-identity.ts';
import type { HeldRow } from './row-plan.ts';

/** Fires when northd has caught up with this value of nb_cfg. */
const northdSignal = (nbCfg: number): string => `northd ${nbCfg}`;

const operations = new Operations<NbRows>(nbDatabase);

/**
 * Deletes a load balancer in two steps: first its VIPs, then, when northd has seen that, the row. In one step OVN 25.03 leaves the
 * VIP's ARP flow behind, and an address given anew then answers for two tenants.
 *
 * The first step raises NB_Global.nb_cfg; northd copies it to sb_cfg when what it saw is in the Southbound database (ovn-nb(5)). Which
 * value a row waits for is remembered here only: after a restart the row's marker is found and nb_cfg raised again.
 */
export class Retirement {
  readonly #northbound: Northbound;
  readonly #awaited = new Map<Uuid, number>();

  constructor(northbound: Northbound) {
    this.#northbound = northbound;
  }

  static concerns({ table }: HeldRow): boolean {
    return table === 'Load_Balancer';
  }

  /** Whether northd has seen the row without VIPs, so that it may be deleted. */
  isOver({ row }: HeldRow): boolean {
    const awaited = this.#awaited.get(row._uuid);
    return isRetired(row) && awaited !== undefined && this.#global().sb_cfg >= awaited;
  }

  /** Whether the first step is still to be made, or to be made again after a restart. */
  isDue({ row }: HeldRow): boolean {
    return !isRetired(row) || !this.#awaited.has(row._uuid);
  }

  begin(rows: readonly HeldRow[]): Operation[] {
    if (rows.length === 0) return [];
    const global = this.#global();
    return [
      ...rows.map(({ table, row }) =>
        looseOperations.update(table, row._uuid, { vips: {}, external_ids: retiredIds(row) }),
      ),
      ...(global.uuid ? [operations.mutate('NB_Global', global.uuid, [['nb_cfg', '+=', 1]])] : []),
    ];
  }

  /** To be called when the transaction of `begin` is committed. */
  begun(rows: readonly HeldRow[]): void {
    const { nb_cfg } = this.#global();
    for (const { row } of rows) this.#awaited.set(row._uuid, nb_cfg);
  }

  /** What tells that northd has seen these rows without VIPs. */
  signalsOf(rows: readonly HeldRow[]): string[] {
    return [...new Set(rows.flatMap(({ row }) => this.#awaited.get(row._uuid) ?? []))].map(northdSignal);
  }

  /** What is to be told when sb_cfg rose from one value to another: only who waits for a value between them. */
  signalsBetween(before: number, after: number): string[] {
    if (after <= before) return [];
    const reached = [...this.#awaited.values()].filter(awaited => awaited > before && awaited <= after);
    return [...new Set(reached)].map(northdSignal);
  }

  forget(uuid: Uuid): void {
    this.#awaited.delete(uuid);
  }

  #global(): { readonly uuid: Uuid | undefined; readonly nb_cfg: number; readonly sb_cfg: number } {
    const [row] = this.#northbound.table('NB_Global').rows.values();
    return { uuid: row?._uuid, nb_cfg: row?.nb_cfg ?? 0, sb_cfg: row?.sb_cfg ?? 0 };
  }
}
