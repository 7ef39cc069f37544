import type { Ip } from '../../net/ip.ts';
import { parseIp } from '../../net/ip.ts';
import type { Index } from '../../ovsdb/table.ts';
import type { LooseRow } from './loose-rows.ts';
import type { Northbound } from './northbound.ts';
import { vipsOf } from './row-identity.ts';

/** `100.65.0.112:80` and `[2001:db8::1]:80` without their ports. */
const hostOf = (vip: string): string => vip.slice(0, vip.lastIndexOf(':')).replace(/^\[|\]$/g, '');

const withoutPrefix = (network: string): string => network.slice(0, network.lastIndexOf('/'));

const ips = (texts: readonly string[]): Ip[] =>
  texts.flatMap(text => {
    const ip = parseIp(text);
    return ip.ok ? [ip.value] : [];
  });

/** Which addresses the Northbound database still answers for, whatever the API says: such an address is not to be given to another. */
export class AddressesInRows {
  readonly #indexes: readonly Index<LooseRow>[];

  constructor(northbound: Northbound) {
    const table = (name: 'Load_Balancer' | 'NAT' | 'Logical_Router_Port') =>
      northbound.table(name) as unknown as { addIndex(keysOf: (row: LooseRow) => readonly string[]): Index<LooseRow> };
    this.#indexes = [
      table('Load_Balancer').addIndex(row => [...new Set(ips(vipsOf(row).map(hostOf)))]),
      table('NAT').addIndex(row => ips([String(row.external_ip)])),
      table('Logical_Router_Port').addIndex(row => ips((row.networks as readonly string[]).map(withoutPrefix))),
    ];
  }

  has(address: Ip): boolean {
    return this.#indexes.some(index => !index.get(address)[Symbol.iterator]().next().done);
  }
}
