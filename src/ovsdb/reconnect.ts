import { type Backoff, delayAfter } from '../base/backoff.ts';
import { type Clock, sleep } from '../base/clock.ts';
import type { Remote } from './remote.ts';

export type Status =
  | { readonly kind: 'connecting'; readonly remote: string }
  | { readonly kind: 'synchronised'; readonly remote: string }
  | { readonly kind: 'waiting'; readonly error: Error; readonly retryInMs: number }
  | { readonly kind: 'closed' };

export interface ReconnectOptions {
  readonly remotes: readonly Remote[];
  readonly backoff: Backoff;
  readonly clock: Clock;
  /** In [0, 1), as `Math.random`. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Connects and synchronises. Resolves, once it is all up to date, with the promise of the connection's end. */
  readonly connect: (remote: Remote) => Promise<{ readonly ended: Promise<Error> }>;
  readonly onStatus: (status: Status) => void;
}

/** Connects to one remote after the other, again and again, until the signal says stop. */
export async function keepConnected(options: ReconnectOptions): Promise<void> {
  const { remotes, random, signal, onStatus } = options;
  let failures = 0;
  for (let turn = Math.floor(random() * remotes.length); !signal.aborted; turn++) {
    const remote = remotes[turn % remotes.length];
    if (remote === undefined) throw new RangeError('no OVSDB remote');
    const { error, wasUp } = await oneConnection(remote, options);
    failures = wasUp ? 0 : failures + 1;
    // After a connection that worked there is a short pause too, or a server that dies of us would be hammered.
    const retryInMs = wasUp
      ? delayAfter(1, options.backoff, random)
      : delayInRounds(failures, remotes.length, options.backoff, random);
    if (signal.aborted) break;
    onStatus({ kind: 'waiting', error, retryInMs });
    await sleep(options.clock, retryInMs, signal);
  }
  onStatus({ kind: 'closed' });
}

async function oneConnection(remote: Remote, { connect, onStatus }: ReconnectOptions) {
  onStatus({ kind: 'connecting', remote: remote.text });
  try {
    const { ended } = await connect(remote);
    onStatus({ kind: 'synchronised', remote: remote.text });
    return { error: await ended, wasUp: true };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)), wasUp: false };
  }
}

/**
 * How long to wait after so many attempts in a row (from 1) failed at `remotes` members: not at all while a round of
 * them is under way, so that a lost leader is found at once; longer after each round.
 */
export function delayInRounds(failures: number, remotes: number, backoff: Backoff, random: () => number): number {
  return failures % remotes === 0 ? delayAfter(failures / remotes, backoff, random) : 0;
}
