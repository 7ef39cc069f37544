import { createHash } from 'node:crypto';
import { failure, type Result, success } from '../resources/result.ts';

declare const mac: unique symbol;

/** Six octets in lower case, with colons: `0a:58:0a:00:0a:1c`. */
export type Mac = string & { readonly [mac]: true };

export const parseMac = (text: string): Result<Mac> =>
  /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)
    ? success(text.toLowerCase() as Mac)
    : failure(`"${text}" is not a MAC address; write six pairs of hexadecimal digits, like 0a:58:0a:00:0a:1c`);

/**
 * The MAC address of whatever `seed` names: the same every time, spread over the 46 bits that a locally administered
 * unicast address leaves free (IEEE 802c: bit 1 of the first octet set, bit 0 clear).
 */
export const macFor = (seed: string): Mac => {
  const octets = createHash('sha256').update(seed).digest().subarray(0, 6);
  octets[0] = ((octets[0] ?? 0) & 0xfc) | 0x02;
  return Array.from(octets, octet => octet.toString(16).padStart(2, '0')).join(':') as Mac;
};
