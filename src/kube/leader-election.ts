/**
 * One leader among several processes, by a Lease that its holder renews; compatible with client-go's leaderelection.
 *
 * Clocks need not agree: a candidate measures, on its own monotonic clock, how long it has seen the lease unchanged. It follows
 * the lease by a watch, so that a release or the end of the lease is acted upon at once.
 *
 * INVARIANTS:
 * - `isLeader()` turns false `renewDeadline` after the last successful renewal was *sent*; nobody else may hold the lease until
 *   `leaseDuration` after it was *seen*. A process that was paused therefore finds that it leads no more before it writes.
 * - The lease is released only after `onStopped` is done.
 */

import { type Clock, sleep, systemClock } from '../base/clock.ts';
import { objectKey } from '../resources/meta.ts';
import type { KubeClient } from './client.ts';
import { AlreadyExists, Conflict, NotFound } from './errors.ts';
import { Informer } from './informer.ts';
import { claimed, type Lease, leaseType, released } from './lease.ts';

export interface LeaderElectorOptions {
  readonly client: Pick<KubeClient, 'get' | 'list' | 'watch' | 'create' | 'update'>;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  /** Unique among the candidates and over restarts, such as the pod's name and a random part. */
  readonly identity: string;
  /** Called each time leadership begins; `leading` is aborted when it ends. */
  readonly onStarted: (leading: AbortSignal) => void;
  /** Called each time leadership has ended; what it returns is awaited before the lease is released. */
  readonly onStopped: () => void | Promise<void>;
  readonly onError?: (error: unknown) => void;
  /** Whole seconds others wait for a silent leader. Default 7: a killed leader is replaced well within 10 s. */
  readonly leaseDurationSeconds?: number;
  /** After which a leader that cannot renew gives up. Default 5. */
  readonly renewDeadlineSeconds?: number;
  /** Between renewals. Default 1. */
  readonly retryPeriodSeconds?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** Candidates that see a lease end at the same moment try one after another. */
const LARGEST_SPREAD = 250;

export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #seconds: number;
  readonly #renewDeadline: number;
  readonly #retryPeriod: number;
  readonly #leases: Informer<Lease>;
  readonly #stopping = new AbortController();
  /** Ends the present wait of a candidate. */
  #changed = new AbortController();
  /** When the lease was last seen to change. */
  #changedAt = 0;
  /** When the last successful renewal was sent; undefined while not leading. */
  #renewedAt: number | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LeaderElectorOptions) {
    const { client, namespace, name, clock = systemClock, random = Math.random, onError } = options;
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
    this.#seconds = options.leaseDurationSeconds ?? 7;
    this.#renewDeadline = (options.renewDeadlineSeconds ?? 5) * 1000;
    this.#retryPeriod = (options.retryPeriodSeconds ?? 1) * 1000;
    if (this.#renewDeadline >= this.#seconds * 1000 || this.#retryPeriod >= this.#renewDeadline) {
      throw new RangeError('leader election needs retryPeriod < renewDeadline < leaseDuration');
    }
    const selection = { namespace, fieldSelector: `metadata.name=${name}` };
    this.#leases = new Informer({ client, type: leaseType, ...selection, clock, random, ...(onError && { onError }) });
    this.#leases.onChange(changes => {
      if (changes.some(change => change.type !== 'modified' || renewed(change.object, change.old))) this.#noteChange();
    });
  }

  /** Whether we may write, at this very moment. */
  isLeader(): boolean {
    return this.#renewedAt !== undefined && this.#clock.now() < this.#renewedAt + this.#renewDeadline;
  }

  /** Who holds the lease, as far as we know. */
  get holder(): string | undefined {
    return this.#lease?.spec?.holderIdentity;
  }

  /** Stands for election, again after every loss, until stopped. */
  start(): this {
    this.#leases.start();
    this.#running ??= this.#run();
    return this;
  }

  /** Ends our leadership, if any, and hands the lease over. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#leases.stop();
  }

  get #lease(): Lease | undefined {
    return this.#leases.get(objectKey(this.#options));
  }

  #noteChange(): void {
    this.#changedAt = this.#clock.now();
    this.#yieldToAnother();
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const stopped = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([this.#leases.synced, stopped]);
    while (!signal.aborted) {
      if (await this.#campaign()) await this.#lead();
    }
  }

  /** Waits for the lease to be free and reaches for it. @returns whether we hold it */
  async #campaign(): Promise<boolean> {
    const { signal } = this.#stopping;
    const wait = this.#untilFree();
    if (wait > 0) {
      const spread = this.#random() * LARGEST_SPREAD;
      await sleep(this.#clock, wait + spread, AbortSignal.any([signal, this.#changed.signal]));
      return false;
    }
    if (await this.#claim()) return true;
    await sleep(this.#clock, this.#retryPeriod * (1 + this.#random()), AbortSignal.any([signal, this.#changed.signal]));
    return false;
  }

  /** Milliseconds until the lease may be taken, as far as we have seen. */
  #untilFree(): number {
    const spec = this.#lease?.spec;
    if (!spec?.holderIdentity || spec.holderIdentity === this.#options.identity) return 0;
    return this.#changedAt + (spec.leaseDurationSeconds ?? this.#seconds) * 1000 - this.#clock.now();
  }

  async #lead(): Promise<void> {
    const leading = new AbortController();
    this.#options.onStarted(leading.signal);
    while (!this.#stopping.signal.aborted && this.isLeader()) {
      await sleep(this.#clock, this.#retryPeriod, this.#stopping.signal);
      if (this.#stopping.signal.aborted || !this.isLeader()) break;
      await this.#claim();
    }
    const mayRelease = this.isLeader();
    this.#renewedAt = undefined;
    leading.abort();
    await this.#options.onStopped();
    if (mayRelease) await this.#release();
  }

  /** Takes or renews the lease by one write. @returns whether we hold it now */
  async #claim(): Promise<boolean> {
    const sentAt = this.#clock.now();
    try {
      await this.#withinDeadline(signal => this.#write(signal));
      this.#renewedAt = sentAt;
      this.#yieldToAnother();
      return this.isLeader();
    } catch (error) {
      if (isOvertaken(error)) await this.#reread();
      else this.#options.onError?.(error);
      return false;
    }
  }

  async #write(signal: AbortSignal): Promise<void> {
    const { client, identity, namespace, name } = this.#options;
    const claim = { identity, seconds: this.#seconds, date: this.#clock.date() };
    const lease = claimed(this.#lease, { namespace, name }, claim);
    const answer = this.#lease
      ? await client.update(leaseType, lease, { signal })
      : await client.create(leaseType, lease, { signal });
    this.#leases.observe(answer);
  }

  /** Whoever the lease names, leads; even if it was deleted under us and another made it anew. */
  #yieldToAnother(): void {
    const holder = this.#lease?.spec?.holderIdentity;
    if (holder && holder !== this.#options.identity) this.#renewedAt = undefined;
  }

  /** Someone wrote in between; what they wrote comes in as any other change does. */
  async #reread(): Promise<void> {
    const { client } = this.#options;
    try {
      this.#leases.observe(await this.#withinDeadline(signal => client.get(leaseType, this.#options, { signal })));
    } catch (error) {
      this.#options.onError?.(error);
      if (error instanceof NotFound) this.#forget();
    }
  }

  /** Deleted by hand: the next claim creates it anew. */
  #forget(): void {
    const lease = this.#lease;
    if (lease) this.#leases.observeDeletion(lease);
  }

  async #release(): Promise<void> {
    const lease = this.#lease;
    if (lease?.spec?.holderIdentity !== this.#options.identity) return;
    try {
      const free = released(lease, this.#clock.date());
      await this.#withinDeadline(signal => this.#options.client.update(leaseType, free, { signal }));
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  /** A renewal that hangs must not keep us from trying again in time. */
  async #withinDeadline<R>(request: (signal: AbortSignal) => Promise<R>): Promise<R> {
    const done = new AbortController();
    const deadline = new AbortController();
    void sleep(this.#clock, this.#retryPeriod, done.signal).then(() =>
      deadline.abort(new Error('the API did not answer in time')),
    );
    try {
      return await request(deadline.signal);
    } finally {
      done.abort();
    }
  }
}

const renewed = (lease: Lease, old: Lease): boolean =>
  lease.spec?.renewTime !== old.spec?.renewTime || lease.spec?.holderIdentity !== old.spec?.holderIdentity;

/** The lease is not as we saw it last: somebody wrote or deleted it. */
const isOvertaken = (error: unknown): boolean =>
  error instanceof Conflict || error instanceof AlreadyExists || error instanceof NotFound;
