import { networksOf } from '../compile/networks.ts';
import type { EipAddress } from '../compile/project/eip.ts';
import type { Clock } from '../converge/clock.ts';
import type { Owner } from '../converge/piece.ts';
import { AddressPool, type Taking } from '../net/address-pool.ts';
import { type AddressRange, parseAddressRange } from '../net/cidr.ts';
import { familyOf, type Ip, parseIp } from '../net/ip.ts';
import { type IP, ipKind } from '../resources/kubeovn/ip.ts';
import { type OvnEip, ovnEipKind } from '../resources/kubeovn/ovn-eip.ts';
import { type Subnet, subnetKind } from '../resources/kubeovn/subnet.ts';
import type { Caches, Reads } from './caches.ts';

export interface HoldRequest {
  readonly subnet: Subnet;
  /** Name of the OvnEip or IP object that keeps the address: `OvnEip/eip-web`. */
  readonly holder: string;
  /** Whoever wants it; when it is gone before the object was made, the address is free again. */
  readonly owner: Owner;
  readonly requested: string | undefined;
  /** For sentences to a user: `EIp shalb-demo/web: spec.ipAddress`. */
  readonly field: string;
}

export interface AddressPoolsOptions {
  readonly caches: Caches;
  readonly clock: Clock;
  /** Called when addresses of a subnet may have become free. */
  readonly signal: (signal: string) => void;
  /** Whether the data plane still answers for an address whose object is gone. */
  readonly inUse: (address: Ip) => boolean;
  /** How long a released address rests, in ms: neighbours' ARP caches forget. */
  readonly quarantineMs: number;
}

interface Pool {
  /** What the pool was made from; another value means another pool. */
  readonly specification: string;
  readonly addresses: AddressPool;
}

/** Fires when an address of the subnet may have become free: only who was refused one listens. */
const freedSignal = (subnet: string): string => `pool/${subnet}`;

/** Fires a while after the number of held addresses changed, so that a thousand changes are one. */
const usageSignal = (subnet: string): string => `usage/${subnet}`;
const USAGE_DELAY_MS = 500;

/** Which address an object keeps. */
const kept = (
  object: OvnEip | IP,
): { readonly subnet: string; readonly holder: string; readonly address: Ip | undefined } => {
  const isEip = object.kind === 'OvnEip';
  const text = isEip ? (object as OvnEip).spec.v4Ip : (object as IP).spec.v4IpAddress;
  const address = parseIp(text ?? '');
  return {
    subnet: isEip ? (object as OvnEip).spec.externalSubnet : (object as IP).spec.subnet,
    holder: `${object.kind}/${object.metadata.name}`,
    address: address.ok ? address.value : undefined,
  };
};

/**
 * Gives addresses of subnets to objects. The objects (OvnEip, IP) are the record: pools are made from them, and only an address that was
 * given but whose object the API has not confirmed yet is remembered here alone.
 *
 * INVARIANTS: an address is given only if no object keeps it, the data plane does not answer for it, and it has rested since.
 */
export class AddressPools {
  readonly #options: AddressPoolsOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #unconfirmed = new Map<Owner, { readonly subnet: string; readonly holder: string; readonly address: Ip }>();
  /** Released by their objects while the data plane still answers for them. */
  readonly #lingering = new Map<Ip, string>();
  readonly #changedUsage = new Set<string>();

  constructor(options: AddressPoolsOptions) {
    this.#options = options;
    for (const kind of [ovnEipKind, ipKind]) {
      options.caches.informer<OvnEip | IP>(kind.type).onChange(changes => {
        for (const { type, object } of changes) {
          if (type === 'deleted') this.#released(object);
          else this.#confirmed(object);
        }
      });
    }
    options.caches.informer(subnetKind.type).onChange(changes => {
      for (const { type, object } of changes) if (type === 'deleted') this.#pools.delete(object.metadata.name);
    });
  }

  /** An address for a holder: the one it has, the one requested, or the next free one. */
  hold(request: HoldRequest, reads: Reads): EipAddress {
    const { subnet, holder, owner, requested } = request;
    const pool = this.#pool(subnet);
    if (!pool) return refuse('InvalidSubnet', `Subnet ${subnet.metadata.name} has no valid IPv4 network.`);
    const before = pool.addressOf(holder);
    if (before !== undefined) return { ok: true, address: before };
    const result = requested ? this.#take(pool, request, requested) : this.#allocate(pool, request);
    if (!result.ok) reads.note(freedSignal(subnet.metadata.name));
    else this.#unconfirmed.set(owner, { subnet: subnet.metadata.name, holder, address: result.address });
    return result;
  }

  /** The owner is gone: what it was given but never kept in an object is free. */
  ownerGone(owner: Owner): void {
    const given = this.#unconfirmed.get(owner);
    if (!given) return;
    this.#unconfirmed.delete(owner);
    this.#free(given.subnet, given.address, 0);
  }

  /** The data plane changed: addresses that lingered in it may be free now. */
  recheck(): void {
    for (const [address, subnet] of this.#lingering) {
      if (this.#options.inUse(address)) continue;
      this.#lingering.delete(address);
      this.#free(subnet, address, this.#options.quarantineMs);
    }
  }

  usage(subnet: Subnet, reads: Reads): { readonly using: number; readonly available: number } {
    reads.note(usageSignal(subnet.metadata.name));
    const pool = this.#pool(subnet);
    return pool ? { using: pool.held, available: Number(pool.capacity) - pool.held } : { using: 0, available: 0 };
  }

  #allocate(pool: AddressPool, { subnet, holder, field }: HoldRequest): EipAddress {
    const { clock } = this.#options;
    const allocation = pool.allocate(holder, clock.now());
    if (allocation.outcome === 'ok') return { ok: true, address: allocation.ip };
    if (allocation.retryAt !== undefined) this.#signalAt(subnet.metadata.name, allocation.retryAt);
    return refuse(
      'AddressPoolExhausted',
      `${field}: Subnet ${subnet.metadata.name} (${subnet.spec.cidrBlock}) has no free address. Delete what is not used any more, or enlarge the subnet; an address that becomes free is taken by itself.`,
    );
  }

  #take(pool: AddressPool, { subnet, holder, field }: HoldRequest, requested: string): EipAddress {
    const address = parseIp(requested);
    if (!address.ok) return refuse('InvalidAddress', `${field}: ${address.error}`);
    const taking = pool.take(address.value, holder, this.#options.clock.now());
    if (taking.outcome === 'ok') return { ok: true, address: address.value };
    if (taking.outcome === 'quarantined') this.#signalAt(subnet.metadata.name, taking.until);
    return refuse(REASONS[taking.outcome], `${field}: ${address.value} ${explain(taking, subnet)}`);
  }

  #signalAt(subnet: string, time: number): void {
    const { clock, signal } = this.#options;
    clock.after(Math.max(0, time - clock.now()) + 1, () => signal(freedSignal(subnet)));
  }

  #confirmed(object: OvnEip | IP): void {
    const { subnet, holder, address } = kept(object);
    if (address === undefined) return;
    for (const [owner, given] of this.#unconfirmed) if (given.holder === holder) this.#unconfirmed.delete(owner);
    this.#lingering.delete(address);
    this.#pools.get(subnet)?.addresses.take(address, holder, Number.POSITIVE_INFINITY);
    this.#usageChanged(subnet);
  }

  #released(object: OvnEip | IP): void {
    const { subnet, holder, address } = kept(object);
    if (address === undefined || this.#pools.get(subnet)?.addresses.ownerOf(address) !== holder) return;
    if (this.#options.inUse(address)) this.#lingering.set(address, subnet);
    else this.#free(subnet, address, this.#options.quarantineMs);
  }

  #free(subnet: string, address: Ip, restMs: number): void {
    const { clock, signal } = this.#options;
    this.#pools.get(subnet)?.addresses.release(address, clock.now() + restMs);
    // Those who were refused are woken when the address has rested.
    if (restMs > 0) this.#signalAt(subnet, clock.now() + restMs);
    else signal(freedSignal(subnet));
    this.#usageChanged(subnet);
  }

  #usageChanged(subnet: string): void {
    if (this.#changedUsage.has(subnet)) return;
    this.#changedUsage.add(subnet);
    this.#options.clock.after(USAGE_DELAY_MS, () => {
      this.#changedUsage.delete(subnet);
      this.#options.signal(usageSignal(subnet));
    });
  }

  #pool(subnet: Subnet): AddressPool | undefined {
    const { name } = subnet.metadata;
    const specification = JSON.stringify([subnet.spec.cidrBlock, subnet.spec.gateway, subnet.spec.excludeIps]);
    const known = this.#pools.get(name);
    if (known?.specification === specification) return known.addresses;
    const addresses = this.#fill(subnet);
    if (addresses) this.#pools.set(name, { specification, addresses });
    return addresses;
  }

  #fill(subnet: Subnet): AddressPool | undefined {
    const networks = networksOf(subnet);
    const network = networks.ok ? networks.value.find(({ gateway }) => familyOf(gateway) === 4) : undefined;
    if (!network) return undefined;
    const { name } = subnet.metadata;
    const exclude = [
      { first: network.gateway, last: network.gateway },
      ...(subnet.spec.excludeIps ?? []).flatMap(rangeOf),
    ];
    const pool = new AddressPool({ cidr: network.cidr, exclude });
    const { caches } = this.#options;
    const objects = [
      ...caches.informer(ovnEipKind.type).byIndex('subnet', name),
      ...caches.informer(ipKind.type).byIndex('subnet', name),
    ];
    for (const { holder, address } of [...objects.map(kept), ...this.#unconfirmed.values()]) {
      if (address !== undefined) pool.take(address, holder, Number.POSITIVE_INFINITY);
    }
    for (const [address, of] of this.#lingering)
      if (of === name) pool.take(address, `lingering ${address}`, Number.POSITIVE_INFINITY);
    return pool;
  }
}

const rangeOf = (text: string): AddressRange[] => {
  const range = parseAddressRange(text);
  return range.ok ? [range.value] : [];
};

const refuse = (reason: string, message: string): EipAddress => ({ ok: false, reason, message });

const REASONS = {
  'out-of-range': 'InvalidAddress',
  excluded: 'AddressReserved',
  taken: 'AddressTaken',
  'owner-has-another': 'InvalidAddress',
  quarantined: 'AddressQuarantined',
} as const satisfies Record<Exclude<Taking['outcome'], 'ok'>, string>;

const explain = (taking: Exclude<Taking, { outcome: 'ok' }>, { metadata, spec }: Subnet): string => {
  switch (taking.outcome) {
    case 'out-of-range':
      return `is not an address of Subnet ${metadata.name} (${spec.cidrBlock}). Ask for one that is, or for none in particular.`;
    case 'excluded':
      return `is the gateway or in spec.excludeIps of Subnet ${metadata.name}. Ask for another, or for none in particular.`;
    // Who holds it is another tenant's business.
    case 'taken':
      return 'is in use already. Ask for another, or for none in particular; it is given when it becomes free.';
    case 'owner-has-another':
      return `cannot be had besides ${taking.ip}, which is held already.`;
    case 'quarantined':
      return 'was released a moment ago and rests; it is given by itself in a few seconds.';
  }
};
