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

const addressesOf = {
  Load_Balancer: (row: LooseRow): Ip[] => [...new Set(ips(vipsOf(row).map(hostOf)))],
  NAT: (row: LooseRow): Ip[] => ips([String(row.external_ip)]),
  Logical_Router_Port: (row: LooseRow): Ip[] => ips((row.networks as readonly string[]).map(withoutPrefix)),
};

type AddressTable = keyof typeof addressesOf;

interface Change {
  readonly table: string;
  readonly before: LooseRow | undefined;
  readonly after: LooseRow | undefined;
}

const goneWith = ({ table, before, after }: Change): Ip[] => {
  if (!before || !Object.hasOwn(addressesOf, table)) return [];
  const read = addressesOf[table as AddressTable];
  const left = new Set(after ? read(after) : []);
  return read(before).filter(address => !left.has(address));
};

/** Which addresses the Northbound database still answers for, whatever the API says: such an address is not to be given to another. */
export class AddressesInRows {
  readonly #northbound: Northbound;
  readonly #indexes: readonly Index<LooseRow>[];

  constructor(northbound: Northbound) {
    this.#northbound = northbound;
    const table = (name: AddressTable) =>
      northbound.table(name) as unknown as { addIndex(keysOf: (row: LooseRow) => readonly string[]): Index<LooseRow> };
    this.#indexes = (Object.keys(addressesOf) as AddressTable[]).map(name => table(name).addIndex(addressesOf[name]));
  }

  /** Tells of addresses that a row does not have any more; another may. Returns how to stop. */
  onGone(listener: (addresses: readonly Ip[]) => void): () => void {
    return this.#northbound.onChange(changes => {
      const gone = (changes as readonly Change[]).flatMap(goneWith);
      if (gone.length > 0) listener(gone);
    });
  }

  has(address: Ip): boolean {
    return this.#indexes.some(index => !index.get(address)[Symbol.iterator]().next().done);
  }
}
