/** The range Services get their cluster addresses from; IPv4. */
export interface ServiceNetwork {
  readonly cidr: string;
  /** The first address, which belongs to the `kubernetes` Service. */
  readonly first: string;
  /** How many addresses there are, without network and broadcast address. */
  readonly size: number;
  /** The `index`-th address, from 0. */
  at(index: number): string;
  /** The index of an address, or `undefined` when it is not in the range or not well-formed. */
  indexOf(address: string): number | undefined;
}

export const parseServiceNetwork = (cidr: string): ServiceNetwork => {
  const match = /^([\d.]+)\/(\d+)$/.exec(cidr);
  const base = match?.[1] === undefined ? undefined : toNumber(match[1]);
  const prefix = Number(match?.[2]);
  if (base === undefined || !(prefix >= 8 && prefix <= 30))
    throw new Error(`service CIDR ${cidr}: want an IPv4 range from /8 to /30`);
  const network = base - (base % 2 ** (32 - prefix));
  const size = 2 ** (32 - prefix) - 2;
  const at = (index: number): string => toAddress(network + 1 + index);
  const indexOf = (address: string): number | undefined => {
    const index = (toNumber(address) ?? Number.NaN) - network - 1;
    return index >= 0 && index < size ? index : undefined;
  };
  return { cidr, first: at(0), size, at, indexOf };
};

/** `undefined` for anything but four decimal octets without leading zeros. */
const toNumber = (address: string): number | undefined => {
  const octets = address.split('.');
  const good = octets.length === 4 && octets.every(octet => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256);
  return good ? octets.reduce((sum, octet) => sum * 256 + Number(octet), 0) : undefined;
};

const toAddress = (value: number): string =>
  [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.');
