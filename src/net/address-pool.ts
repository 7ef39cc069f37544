import { type AddressRange, type Cidr, cidrFamily, hostAddresses } from './cidr.ts';
import { ExpiryHeap } from './expiry-heap.ts';
import { bigintToIp, familyOf, type Ip, ipToBigint } from './ip.ts';

export type Allocation =
  | { readonly outcome: 'ok'; readonly ip: Ip }
  /** `retryAt`: when the first address leaves quarantine, if any is in it, or those nobody has had may be given. */
  | { readonly outcome: 'exhausted'; readonly retryAt: number | undefined };

export type Taking =
  | { readonly outcome: 'ok' }
  | { readonly outcome: 'out-of-range' }
  | { readonly outcome: 'excluded' }
  | { readonly outcome: 'taken'; readonly owner: string }
  | { readonly outcome: 'owner-has-another'; readonly ip: Ip }
  | { readonly outcome: 'quarantined'; readonly until: number };

export interface AddressPoolOptions {
  readonly cidr: Cidr;
  /** Never given out: gateways, reserved ranges. May overlap, and may lie outside the CIDR. */
  readonly exclude?: readonly AddressRange[];
}

interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

// `Math.max` does not take bigints.
const larger = (a: bigint, b: bigint): bigint => {
  if (a > b) return a;
  return b;
};
const smaller = (a: bigint, b: bigint): bigint => -larger(-a, -b);

/** The ranges as sorted spans that neither overlap nor touch, cut to `within`. */
const mergeSpans = (ranges: readonly Span[], within: Span): Span[] => {
  const merged: Span[] = [];
  for (const range of ranges.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    const span = { first: larger(range.first, within.first), last: smaller(range.last, within.last) };
    if (span.first > span.last) continue;
    const previous = merged.at(-1);
    if (previous && span.first <= previous.last + 1n)
      merged[merged.length - 1] = { first: previous.first, last: larger(span.last, previous.last) };
    else merged.push(span);
  }
  return merged;
};

const toSpan = (range: AddressRange): Span => ({ first: ipToBigint(range.first), last: ipToBigint(range.last) });

/**
 * Who holds which address of a network. Never enumerates the network, so a /64 costs what a /28 does.
 *
 * An address nobody has held yet is given before one that was released, and of those the one that left quarantine
 * first: neighbours' ARP caches get as long as possible to forget. Only who released it has it back before.
 *
 * Times are numbers of any one unit, given by the caller.
 *
 * INVARIANTS: an address has at most one owner and an owner at most one address; an address is held, or released, or
 * neither, never both; everything between the pool's start and `#unused` is excluded, held or released.
 */
export class AddressPool {
  readonly cidr: Cidr;
  /** Addresses the pool can give out in all, held ones included. */
  readonly capacity: bigint;
  readonly #hosts: Span;
  readonly #excluded: readonly Span[];
  readonly #owners = new Map<Ip, string>();
  readonly #addresses = new Map<string, Ip>();
  readonly #released = new ExpiryHeap<Ip>();
  /** Who released an address, and what an owner released last; of what is in `#released` only. */
  readonly #releasedBy = new Map<Ip, string>();
  readonly #releasedLast = new Map<string, Ip>();
  #unused: bigint;
  #unusedFrom = Number.NEGATIVE_INFINITY;

  constructor(options: AddressPoolOptions) {
    this.cidr = options.cidr;
    this.#hosts = toSpan(hostAddresses(options.cidr));
    const sameFamily = (options.exclude ?? []).filter(range => familyOf(range.first) === cidrFamily(options.cidr));
    this.#excluded = mergeSpans(sameFamily.map(toSpan), this.#hosts);
    this.capacity = this.#excluded.reduce(
      (left, span) => left - (span.last - span.first + 1n),
      this.#hosts.last - this.#hosts.first + 1n,
    );
    this.#unused = this.#hosts.first;
  }

  /** How many addresses are held. */
  get held(): number {
    return this.#owners.size;
  }

  ownerOf(ip: Ip): string | undefined {
    return this.#owners.get(ip);
  }

  addressOf(owner: string): Ip | undefined {
    return this.#addresses.get(owner);
  }

  /** An address for `owner`: the one it holds already, else a free one. */
  allocate(owner: string, now: number): Allocation {
    const isSettled = now >= this.#unusedFrom;
    const ip =
      this.#addresses.get(owner) ?? (isSettled ? this.#nextUnused() : undefined) ?? this.#released.popExpired(now);
    if (ip === undefined) return { outcome: 'exhausted', retryAt: this.#retryAt(isSettled) };
    this.#hold(ip, owner);
    return { outcome: 'ok', ip };
  }

  #retryAt(isSettled: boolean): number | undefined {
    const earliest = this.#released.earliest();
    return isSettled ? earliest : Math.min(this.#unusedFrom, earliest ?? this.#unusedFrom);
  }

  /** This very address for `owner`. Taking again what one holds is fine. */
  take(ip: Ip, owner: string, now: number): Taking {
    const holder = this.#owners.get(ip);
    if (holder === owner) return { outcome: 'ok' };
    const problem = this.#whyNot(ip, owner, holder) ?? this.#quarantine(ip, now);
    if (problem) return problem;
    this.#hold(ip, owner);
    return { outcome: 'ok' };
  }

  /**
   * What the owner released and nobody else can have yet, held again; undefined when there is nothing of the kind.
   * @param wanted only this address; else the one that it released last
   */
  takeBack(owner: string, now: number, wanted?: Ip): Ip | undefined {
    const ip = wanted ?? this.#releasedLast.get(owner);
    if (ip === undefined || this.#releasedBy.get(ip) !== owner || !this.#quarantine(ip, now)) return undefined;
    return this.record(ip, owner).outcome === 'ok' ? ip : undefined;
  }

  /** It is so already that `owner` has the address: no quarantine keeps it from that. */
  record(ip: Ip, owner: string): Taking {
    return this.take(ip, owner, Number.POSITIVE_INFINITY);
  }

  /** Gives the address back; nobody but who had it gets it before `until`. Releasing what nobody holds does nothing. */
  release(ip: Ip, until: number): void {
    const owner = this.#owners.get(ip);
    if (owner === undefined) return;
    this.#owners.delete(ip);
    this.#addresses.delete(owner);
    this.#released.set(ip, until);
    this.#releasedBy.set(ip, owner);
    this.#releasedLast.set(owner, ip);
  }

  /** Nobody at all gets the address before `until`, not even who holds it now. */
  withhold(ip: Ip, until: number): void {
    if (!this.#isHost(ip) || this.#excludedSpanAt(ipToBigint(ip))) return;
    this.release(ip, until);
    this.#forgetRelease(ip);
    this.#released.set(ip, until);
  }

  /** A released address rests until then instead. */
  rest(ip: Ip, until: number): void {
    if (this.#released.get(ip) !== undefined) this.#released.set(ip, until);
  }

  /** What nobody has had yet rests until then: who had it before the pool was made is not known. */
  restUnused(until: number): void {
    this.#unusedFrom = until;
  }

  /** Until when that is. */
  get unusedFrom(): number {
    return this.#unusedFrom;
  }

  #forgetRelease(ip: Ip): void {
    const owner = this.#releasedBy.get(ip);
    this.#releasedBy.delete(ip);
    if (owner !== undefined && this.#releasedLast.get(owner) === ip) this.#releasedLast.delete(owner);
  }

  #hold(ip: Ip, owner: string): void {
    this.#released.delete(ip);
    this.#forgetRelease(ip);
    this.#owners.set(ip, owner);
    this.#addresses.set(owner, ip);
  }

  #whyNot(ip: Ip, owner: string, holder: string | undefined): Taking | undefined {
    if (!this.#isHost(ip)) return { outcome: 'out-of-range' };
    if (this.#excludedSpanAt(ipToBigint(ip))) return { outcome: 'excluded' };
    if (holder !== undefined) return { outcome: 'taken', owner: holder };
    const another = this.#addresses.get(owner);
    return another === undefined ? undefined : { outcome: 'owner-has-another', ip: another };
  }

  #quarantine(ip: Ip, now: number): Taking | undefined {
    const until = this.#released.get(ip) ?? this.#unusedFrom;
    return until > now ? { outcome: 'quarantined', until } : undefined;
  }

  #isHost(ip: Ip): boolean {
    if (familyOf(ip) !== cidrFamily(this.cidr)) return false;
    const value = ipToBigint(ip);
    return value >= this.#hosts.first && value <= this.#hosts.last;
  }

  /** Moves past what is excluded, held or released; each address is passed once in the pool's life. */
  #nextUnused(): Ip | undefined {
    while (this.#unused <= this.#hosts.last) {
      const excluded = this.#excludedSpanAt(this.#unused);
      const ip = bigintToIp(this.#unused, cidrFamily(this.cidr));
      this.#unused = (excluded?.last ?? this.#unused) + 1n;
      if (!excluded && !this.#owners.has(ip) && this.#released.get(ip) === undefined) return ip;
    }
    return undefined;
  }

  /** Binary search: the excluded span that `value` lies in. */
  #excludedSpanAt(value: bigint): Span | undefined {
    let low = 0;
    let high = this.#excluded.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const span = this.#excluded[middle];
      if (span && span.last < value) low = middle + 1;
      else high = middle;
    }
    const span = this.#excluded[low];
    return span && span.first <= value ? span : undefined;
  }
}
