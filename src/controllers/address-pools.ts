import type { Clock } from '../base/clock.ts';
import { isExternal, networksOf } from '../compile/networks.ts';
import type { EipAddress } from '../compile/project/eip.ts';
import type { Owner } from '../converge/piece.ts';
import { AddressPool, type Taking } from '../net/address-pool.ts';
import { type AddressRange, parseAddressRange } from '../net/cidr.ts';
import { familyOf, type Ip, parseIp } from '../net/ip.ts';
import { type IP, ipKind } from '../resources/kubeovn/ip.ts';
import { type OvnEip, ovnEipKind } from '../resources/kubeovn/ovn-eip.ts';
import { type Subnet, subnetKind } from '../resources/kubeovn/subnet.ts';
import type { Caches, Reads } from './caches.ts';
import { ownerOfObject } from './targets/kube-identity.ts';

export interface HoldRequest {
  readonly subnet: Subnet;
  /** Whoever wants it, and owns the OvnEip or IP object that will keep it. One address of a subnet each. */
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
  /** Whether the data plane answers for an external address: it may, while no object keeps it any more. */
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
interface Keeping {
  /** `OvnEip/eip-web`. */
  readonly object: string;
  readonly subnet: string;
  /** Its owner; an object that nobody owns is its own. */
  readonly holder: string;
  readonly owned: boolean;
  readonly address: Ip | undefined;
}

const kept = (object: OvnEip | IP): Keeping => {
  const isEip = object.kind === 'OvnEip';
  const text = isEip ? (object as OvnEip).spec.v4Ip : (object as IP).spec.v4IpAddress;
  const address = parseIp(text ?? '');
  const owner = ownerOfObject(object);
  const name = `${object.kind}/${object.metadata.name}`;
  return {
    object: name,
    subnet: isEip ? (object as OvnEip).spec.externalSubnet : (object as IP).spec.subnet,
    holder: owner ?? name,
    owned: owner !== undefined,
    address: address.ok ? address.value : undefined,
  };
};

/** An owner has one address of a subnet. */
const claimOf = ({ holder, subnet }: { readonly holder: string; readonly subnet: string }): string =>
  `${holder} ${subnet}`;

/** Until when an address rests that the data plane answers for: `recheck` finds out. */
const UNTIL_RECHECK = Number.POSITIVE_INFINITY;

interface Given {
  readonly subnet: string;
  readonly holder: Owner;
  readonly address: Ip;
}

/**
 * Gives addresses of subnets to objects. The objects (OvnEip, IP) are the record: pools are made from them, and only an address that was
 * given but whose object the API has not confirmed yet is remembered here alone.
 *
 * INVARIANTS: an address is given only if no object keeps it, the data plane does not answer for it, and it has rested since; only who
 * had it last gets it sooner, so that an object deleted by hand comes back as it was. After a restart all that is free rests.
 */
export class AddressPools {
  readonly #options: AddressPoolsOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #unconfirmed = new Map<string, Given>();
  /** Kept by no object, while the data plane answers for them. */
  readonly #lingering = new Map<Ip, string>();
  /** When those who were refused an address of a subnet are woken next: one timer each, however many they are. */
  readonly #wakeUps = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  readonly #changedUsage = new Set<string>();

  constructor(options: AddressPoolsOptions) {
    this.#options = options;
    for (const kind of [ovnEipKind, ipKind]) {
      options.caches.informer<OvnEip | IP>(kind.type).onChange(changes => {
        for (const change of changes) {
          if (change.type === 'deleted') this.#released(kept(change.object));
          else this.#changed(kept(change.object), change.type === 'modified' ? kept(change.old) : undefined);
        }
      });
    }
    options.caches.informer(subnetKind.type).onChange(changes => {
      for (const { type, object } of changes) if (type === 'deleted') this.#pools.delete(object.metadata.name);
    });
  }

  /** An address for an owner: the one it has, the one requested, or the next free one. */
  hold(request: HoldRequest, reads: Reads): EipAddress {
    const { subnet, owner, requested } = request;
    const { name } = subnet.metadata;
    const pool = this.#pool(subnet);
    if (!pool) return refuse('InvalidSubnet', `Subnet ${name} has no valid IPv4 network.`);
    const held = pool.addressOf(owner);
    if (held !== undefined) return { ok: true, address: held };
    const result =
      this.#takeBack(pool, request) ??
      (requested ? this.#take(pool, request, requested) : this.#allocate(pool, request));
    if (!result.ok) reads.note(freedSignal(name));
    else {
      this.#usageChanged(name);
      this.#unconfirmed.set(claimOf({ holder: owner, subnet: name }), {
        subnet: name,
        holder: owner,
        address: result.address,
      });
    }
    return result;
  }

  /** The owner is gone: what it was given but never kept in an object is free. */
  ownerGone(owner: Owner): void {
    for (const [claim, given] of this.#unconfirmed) {
      if (given.holder !== owner) continue;
      this.#unconfirmed.delete(claim);
      this.#free(given.subnet, given.address, 0);
    }
  }

  /** Rows with these addresses went: those that lingered in the data plane may be free now. */
  recheck(addresses: readonly Ip[]): void {
    for (const address of addresses) {
      const subnet = this.#lingering.get(address);
      if (subnet === undefined || this.#options.inUse(address)) continue;
      this.#lingering.delete(address);
      this.#free(subnet, address, this.#options.quarantineMs);
    }
  }

  usage(subnet: Subnet, reads: Reads): { readonly using: number; readonly available: number } {
    reads.note(usageSignal(subnet.metadata.name));
    const pool = this.#pool(subnet);
    return pool ? { using: pool.held, available: Number(pool.capacity) - pool.held } : { using: 0, available: 0 };
  }

  #takeBack(pool: AddressPool, { owner, requested }: HoldRequest): EipAddress | undefined {
    const wanted = parseIp(requested ?? '');
    if (requested && !wanted.ok) return undefined;
    const address = pool.takeBack(owner, this.#options.clock.now(), wanted.ok ? wanted.value : undefined);
    if (address === undefined) return undefined;
    this.#lingering.delete(address);
    return { ok: true, address };
  }

  #allocate(pool: AddressPool, { subnet, owner, field }: HoldRequest): EipAddress {
    const { clock } = this.#options;
    for (;;) {
      const allocation = pool.allocate(owner, clock.now());
      if (allocation.outcome === 'exhausted') {
        if (allocation.retryAt !== undefined) this.#signalAt(subnet.metadata.name, allocation.retryAt);
        if (pool.unusedFrom > clock.now())
          return refuse('AddressQuarantined', `${field}: an address of Subnet ${subnet.metadata.name} ${RESTS}`);
        return refuse(
          'AddressPoolExhausted',
          `${field}: Subnet ${subnet.metadata.name} (${subnet.spec.cidrBlock}) has no free address. Delete what is not used any more, or enlarge the subnet; an address that becomes free is taken by itself.`,
        );
      }
      if (!this.#answers(subnet, allocation.ip)) return { ok: true, address: allocation.ip };
      this.#linger(pool, subnet.metadata.name, allocation.ip);
    }
  }

  #take(pool: AddressPool, { subnet, owner, field }: HoldRequest, requested: string): EipAddress {
    const address = parseIp(requested);
    if (!address.ok) return refuse('InvalidAddress', `${field}: ${address.error}`);
    const taking = pool.take(address.value, owner, this.#options.clock.now());
    if (taking.outcome === 'ok') {
      if (!this.#answers(subnet, address.value)) return { ok: true, address: address.value };
      this.#linger(pool, subnet.metadata.name, address.value);
      return refuse('AddressTaken', `${field}: ${address.value} ${TAKEN}`);
    }
    if (taking.outcome === 'quarantined') {
      if (taking.until === UNTIL_RECHECK) return refuse('AddressTaken', `${field}: ${address.value} ${TAKEN}`);
      this.#signalAt(subnet.metadata.name, taking.until);
    }
    return refuse(REASONS[taking.outcome], `${field}: ${address.value} ${explain(taking, subnet)}`);
  }

  /** Only external networks are one address space in the data plane; VPCs may have the same addresses. */
  #answers(subnet: Subnet, address: Ip): boolean {
    return isExternal(subnet) && this.#options.inUse(address);
  }

  /** Nobody gets the address until `recheck` finds that nothing answers for it. */
  #linger(pool: AddressPool, subnet: string, address: Ip): void {
    pool.withhold(address, UNTIL_RECHECK);
    this.#lingering.set(address, subnet);
  }

  /** Wakes those who were refused; when some are refused again, they say until when. */
  #signalAt(subnet: string, time: number): void {
    const pending = this.#wakeUps.get(subnet);
    if (time === UNTIL_RECHECK || (pending && pending.at <= time)) return;
    pending?.cancel();
    const { clock, signal } = this.#options;
    const cancel = clock.after(Math.max(0, time - clock.now()) + 1, () => {
      this.#wakeUps.delete(subnet);
      signal(freedSignal(subnet));
    });
    this.#wakeUps.set(subnet, { at: time, cancel });
  }

  #changed(now: Keeping, before: Keeping | undefined): void {
    const { subnet, holder, address } = now;
    if (before && !isSameKeeping(now, before)) {
      // An address edited by hand in what somebody owns: the owner puts it back.
      if (now.owned && holder === before.holder && subnet === before.subnet) return;
      if (address === before.address && subnet === before.subnet) this.#handOver(before);
      else this.#released(before);
    }
    if (address === undefined) return;
    const given = this.#unconfirmed.get(claimOf(now));
    this.#unconfirmed.delete(claimOf(now));
    const pool = this.#pools.get(subnet)?.addresses;
    if (!pool) return;
    const held = pool.held;
    // Another instance, which leads, gave it another one.
    if (given && given.address !== address) pool.release(given.address, 0);
    record(pool, now);
    if (pool.ownerOf(address) !== undefined) this.#lingering.delete(address);
    if (pool.held !== held) this.#usageChanged(subnet);
  }

  /** The object has another owner now, who has its address from now on. */
  #handOver({ subnet, holder, address }: Keeping): void {
    const pool = this.#pools.get(subnet)?.addresses;
    if (pool && address !== undefined && pool.ownerOf(address) === holder) pool.release(address, 0);
  }

  #released({ subnet, holder, object, address }: Keeping): void {
    const pool = this.#pools.get(subnet)?.addresses;
    const held = address && pool?.ownerOf(address);
    if (!pool || address === undefined || (held !== holder && held !== object)) return;
    const { caches, quarantineMs, signal } = this.#options;
    const live = caches.informer(subnetKind.type).get(subnet);
    const others = this.#keepersOf(subnet, address);
    if (others.length === 0 && live && this.#answers(live, address)) {
      pool.release(address, UNTIL_RECHECK);
      this.#lingering.set(address, subnet);
    } else this.#free(subnet, address, quarantineMs);
    for (const other of others) record(pool, other);
    if (others.length > 0) signal(freedSignal(subnet));
  }

  /** Objects that keep an address, though only one may: the others were there before we were, or were made by hand. */
  #keepersOf(subnet: string, address: Ip): Keeping[] {
    const { caches } = this.#options;
    const key = `${subnet}/${address}`;
    return [
      ...caches.informer(ovnEipKind.type).byIndex('address', key),
      ...caches.informer(ipKind.type).byIndex('address', key),
    ].map(kept);
  }

  #free(subnet: string, address: Ip, restMs: number): void {
    const { clock, signal } = this.#options;
    const pool = this.#pools.get(subnet)?.addresses;
    const until = clock.now() + restMs;
    if (pool?.ownerOf(address) === undefined) pool?.rest(address, until);
    else pool.release(address, until);
    // Those who were refused are woken when the address has rested.
    if (restMs > 0) this.#signalAt(subnet, until);
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
    const given = [...this.#unconfirmed.values()].filter(({ subnet: of }) => of === name);
    // Objects from before this pool: what was released before it is told by nobody. Inside a VPC OVN itself answers for addresses, and
    // new pods are not to wait for a restart of ours.
    if (objects.length > 0 && isExternal(subnet))
      pool.restUnused(this.#options.clock.now() + this.#options.quarantineMs);
    for (const keeping of objects.map(kept)) record(pool, keeping);
    for (const { holder, address } of given) pool.record(address, holder);
    for (const [address, of] of this.#lingering)
      if (of === name && pool.ownerOf(address) === undefined) pool.withhold(address, UNTIL_RECHECK);
    return pool;
  }
}

/**
 * An object keeps the address. Of two that keep one, who was recorded first has it; where an owner has another address already, the object
 * has this one for itself, so that nobody else gets it.
 */
const record = (pool: AddressPool, { holder, object, address }: Keeping): void => {
  if (address === undefined) return;
  if (pool.record(address, holder).outcome === 'owner-has-another') pool.record(address, object);
};

const isSameKeeping = (a: Keeping, b: Keeping): boolean =>
  a.subnet === b.subnet && a.holder === b.holder && a.address === b.address;

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

const TAKEN = 'is in use already. Ask for another, or for none in particular; it is given when it becomes free.';

const RESTS = 'rests, since it may have been released a moment ago; it is given by itself in a few seconds.';

const explain = (taking: Exclude<Taking, { outcome: 'ok' }>, { metadata, spec }: Subnet): string => {
  switch (taking.outcome) {
    case 'out-of-range':
      return `is not an address of Subnet ${metadata.name} (${spec.cidrBlock}). Ask for one that is, or for none in particular.`;
    case 'excluded':
      return `is the gateway or in spec.excludeIps of Subnet ${metadata.name}. Ask for another, or for none in particular.`;
    // Who holds it is another tenant's business.
    case 'taken':
      return TAKEN;
    case 'owner-has-another':
      return `cannot be had besides ${taking.ip}, which is held already.`;
    case 'quarantined':
      return RESTS;
  }
};
