import { BlockList, isIP, SocketAddress } from 'node:net';
import type { Environment } from '@marcbachmann/cel-js';

class Ip {
  readonly address: string;
  readonly family: 4 | 6;

  constructor(text: string) {
    const family = isIP(text);
    if ((family !== 4 && family !== 6) || text.includes('%'))
      throw new Error(`IP Address ${JSON.stringify(text)} parse error`);
    this.family = family;
    this.address = new SocketAddress({ address: text, family: familyName(family) }).address;
  }
}

class Cidr {
  readonly ip: Ip;
  readonly prefix: number;
  readonly #range = new BlockList();

  constructor(text: string) {
    const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
    this.ip = new Ip(match?.[1] ?? '');
    this.prefix = Number(match?.[2]);
    if (this.prefix > bitsOf(this.ip)) throw new Error(`network address parse error: ${JSON.stringify(text)}`);
    this.#range.addSubnet(this.ip.address, this.prefix, familyName(this.ip.family));
  }

  contains(ip: Ip): boolean {
    return ip.family === this.ip.family && this.#range.check(ip.address, familyName(ip.family));
  }
}

const familyName = (family: 4 | 6): 'ipv4' | 'ipv6' => (family === 4 ? 'ipv4' : 'ipv6');
const bitsOf = (ip: Ip): number => (ip.family === 4 ? 32 : 128);

const within = (...ranges: string[]): ((ip: Ip) => boolean) => {
  const cidrs = ranges.map(range => new Cidr(range));
  return ip => cidrs.some(cidr => cidr.contains(ip));
};

const isLoopback = within('127.0.0.0/8', '::1/128');
const isLinkLocal = within('169.254.0.0/16', 'fe80::/10');
const isMulticast = within('224.0.0.0/4', 'ff00::/8');
const isLinkLocalMulticast = within('224.0.0.0/24', 'ff02::/16');
const isUnspecified = within('0.0.0.0/32', '::/128');
const isBroadcast = within('255.255.255.255/32');
const isGlobalUnicast = (ip: Ip): boolean =>
  ![isLoopback, isLinkLocal, isMulticast, isUnspecified, isBroadcast].some(is => is(ip));

/** Whether `make` accepts the text. */
const parses =
  (make: (text: string) => unknown) =>
  (text: string): boolean => {
    try {
      make(text);
      return true;
    } catch {
      return false;
    }
  };

const ip = (text: string): Ip => new Ip(text);
const cidr = (text: string): Cidr => new Cidr(text);

/** Kubernetes' IP, CIDR and URL libraries: k8s.io/apiserver/pkg/cel/library. */
export const registerNetwork = (environment: Environment): void => {
  registerIp(environment);
  registerCidr(environment);
  registerUrl(environment);
};

const registerIp = (environment: Environment): void => {
  environment
    .registerType('IP', Ip)
    .registerFunction('ip(string): IP', ip)
    .registerFunction('isIP(string): bool', parses(ip))
    .registerFunction('IP.family(): int', ({ family }: Ip) => BigInt(family))
    .registerFunction('IP.isUnspecified(): bool', isUnspecified)
    .registerFunction('IP.isLoopback(): bool', isLoopback)
    .registerFunction('IP.isLinkLocalUnicast(): bool', isLinkLocal)
    .registerFunction('IP.isLinkLocalMulticast(): bool', isLinkLocalMulticast)
    .registerFunction('IP.isGlobalUnicast(): bool', isGlobalUnicast)
    .registerFunction('string(IP): string', ({ address }: Ip) => address)
    .registerOperator('IP == IP', (a: Ip, b: Ip) => a.address === b.address);
};

const registerCidr = (environment: Environment): void => {
  const containsCidr = (outer: Cidr, inner: Cidr): boolean => inner.prefix >= outer.prefix && outer.contains(inner.ip);
  environment
    .registerType('CIDR', Cidr)
    .registerFunction('cidr(string): CIDR', cidr)
    .registerFunction('isCIDR(string): bool', parses(cidr))
    .registerFunction('CIDR.containsIP(string): bool', (range: Cidr, text: string) => range.contains(ip(text)))
    .registerFunction('CIDR.containsIP(IP): bool', (range: Cidr, address: Ip) => range.contains(address))
    .registerFunction('CIDR.containsCIDR(string): bool', (outer: Cidr, text: string) => containsCidr(outer, cidr(text)))
    .registerFunction('CIDR.containsCIDR(CIDR): bool', containsCidr)
    .registerFunction('CIDR.ip(): IP', (range: Cidr) => range.ip)
    .registerFunction('CIDR.prefixLength(): int', (range: Cidr) => BigInt(range.prefix));
};

/** An absolute URI, or an absolute path, as Go's url.ParseRequestURI takes them. */
class Url {
  readonly url: URL;
  readonly scheme: string;
  /** Host and port as written: the URL class drops a scheme's usual port. */
  readonly host: string;

  constructor(text: string) {
    this.url = new URL(text.startsWith('/') ? `path:${text}` : text);
    this.scheme = text.startsWith('/') ? '' : this.url.protocol.slice(0, -1);
    this.host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/?#]*@)?([^/?#]*)/i.exec(text)?.[1] ?? '';
  }

  get port(): string {
    return /:(\d*)$/.exec(this.host)?.[1] ?? '';
  }

  get hostname(): string {
    return this.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  }
}

const registerUrl = (environment: Environment): void => {
  const url = (text: string): Url => new Url(text);
  environment
    .registerType('URL', Url)
    .registerFunction('url(string): URL', url)
    .registerFunction('isURL(string): bool', parses(url))
    .registerFunction('URL.getScheme(): string', ({ scheme }: Url) => scheme)
    .registerFunction('URL.getHost(): string', ({ host }: Url) => host)
    .registerFunction('URL.getHostname(): string', ({ hostname }: Url) => hostname)
    .registerFunction('URL.getPort(): string', ({ port }: Url) => port)
    .registerFunction('URL.getEscapedPath(): string', (at: Url) => at.url.pathname)
    .registerFunction('URL.getQuery(): map<string, list<string>>', (at: Url) => {
      const { searchParams } = at.url;
      return Object.fromEntries([...new Set(searchParams.keys())].map(key => [key, searchParams.getAll(key)]));
    });
};
