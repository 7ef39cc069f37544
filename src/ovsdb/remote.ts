import { InvalidRemote } from './errors.ts';

/** Where an ovsdb-server listens, in the notation of ovsdb(7), "Active Database Connections". */
export type Remote = { readonly text: string } & (
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp' | 'ssl'; readonly host: string; readonly port: number }
);

/**
 * Reads a comma-separated list of remotes, the members of one cluster, e.g. `ssl:10.0.0.1:6641,ssl:[fd00::2]:6641`.
 * @throws InvalidRemote naming the member that is wrong.
 */
export const parseRemotes = (list: string): Remote[] => list.split(',').map(text => parseRemote(text.trim()));

function parseRemote(text: string): Remote {
  const path = /^unix:(.+)$/.exec(text)?.[1];
  if (path !== undefined) return { text, kind: 'unix', path };
  const [, kind, bracketed, plain, digits] = /^(tcp|ssl):(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if ((kind !== 'tcp' && kind !== 'ssl') || host === undefined || port < 1 || port > 65535)
    throw new InvalidRemote(text);
  return { text, kind, host, port };
}
