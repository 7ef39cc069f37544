/** Runs a container's probes while it runs. */
import { type Clock, sleep } from '../../base/clock.ts';
import type { Container, Probe } from '../cluster/core-kinds.ts';
import { type ActionResult, type ActionTarget, performAction } from './probe-action.ts';
import { afterResult, probeTiming, unprobed } from './probe-state.ts';

export interface ProbeEvents {
  onStarted(): void;
  onReady(ready: boolean): void;
  /** One probe has failed; `Liveness probe failed: …`. */
  onFailure(message: string): void;
  /** The container is to be restarted. */
  onUnhealthy(message: string): void;
}

interface ProbeListener {
  /** At the first verdict and whenever it turns. */
  onVerdict(verdict: boolean, result: ActionResult): void;
  /** At each failure. */
  onFailure(result: ActionResult): void;
}

/** A failure of each kind of probe, in kubelet's words. */
const failed = (kind: 'Startup' | 'Readiness' | 'Liveness', { message }: ActionResult): string =>
  `${kind} probe failed: ${message}`;

/** Probes until the signal ends it. */
const followProbe = async (
  probe: Probe,
  target: ActionTarget,
  clock: Clock,
  signal: AbortSignal,
  { onVerdict, onFailure }: ProbeListener,
): Promise<void> => {
  const { initialDelayMs, periodMs, timeoutMs } = probeTiming(probe);
  let state = unprobed;
  if (initialDelayMs > 0) await sleep(clock, initialDelayMs, signal);
  while (!signal.aborted) {
    const begun = clock.now();
    const result = await performAction(probe, target, timeoutMs);
    if (signal.aborted) return;
    if (!result.succeeded) onFailure(result);
    const next = afterResult(state, result.succeeded, probe);
    if (next.verdict !== undefined && next.verdict !== state.verdict) onVerdict(next.verdict, result);
    state = next;
    await sleep(clock, Math.max(0, periodMs - (clock.now() - begun)), signal);
  }
};

const awaitStartup = async (
  probe: Probe,
  target: ActionTarget,
  clock: Clock,
  signal: AbortSignal,
  events: ProbeEvents,
): Promise<boolean> => {
  const done = new AbortController();
  let passed = false;
  await followProbe(probe, target, clock, AbortSignal.any([signal, done.signal]), {
    onFailure: result => events.onFailure(failed('Startup', result)),
    onVerdict: (verdict, result) => {
      passed = verdict;
      if (!verdict) events.onUnhealthy(failed('Startup', result));
      done.abort();
    },
  });
  return passed;
};

export interface ProbeSignals {
  /** The container has ended. */
  ended: AbortSignal;
  /** The Pod is being deleted: readiness is still of interest, liveness is not. */
  deleted: AbortSignal;
}

/** Ends when the container does. Without probes a running container is started and ready. */
export const runProbes = async (
  container: Container,
  target: ActionTarget,
  clock: Clock,
  { ended, deleted }: ProbeSignals,
  events: ProbeEvents,
): Promise<void> => {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  const untilDeleted = AbortSignal.any([ended, deleted]);
  if (startupProbe && !(await awaitStartup(startupProbe, target, clock, untilDeleted, events))) return;
  if (ended.aborted) return;
  events.onStarted();
  if (!readinessProbe) events.onReady(true);
  await Promise.all([
    readinessProbe &&
      followProbe(readinessProbe, target, clock, ended, {
        onFailure: result => events.onFailure(failed('Readiness', result)),
        onVerdict: ready => events.onReady(ready),
      }),
    livenessProbe &&
      followProbe(livenessProbe, target, clock, untilDeleted, {
        onFailure: result => events.onFailure(failed('Liveness', result)),
        onVerdict: (alive, result) => {
          if (!alive) events.onUnhealthy(failed('Liveness', result));
        },
      }),
  ]);
};
