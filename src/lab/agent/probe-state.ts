/** What a sequence of probe results means. Pure. https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/ */
import type { Probe } from '../cluster/core-kinds.ts';

export interface ProbeState {
  /** The verdict so far; undefined until either threshold is reached for the first time. */
  verdict: boolean | undefined;
  /** How many results in a row were like the last one. */
  streak: number;
  last: boolean | undefined;
}

export const unprobed: ProbeState = { verdict: undefined, streak: 0, last: undefined };

/** A probe's numbers with the API's defaults, for servers that do not set them. */
export const probeTiming = (probe: Probe) => ({
  initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1000,
  periodMs: Math.max(1, probe.periodSeconds ?? 10) * 1000,
  timeoutMs: Math.max(1, probe.timeoutSeconds ?? 1) * 1000,
  successThreshold: probe.successThreshold ?? 1,
  failureThreshold: probe.failureThreshold ?? 3,
});

/** Counts one more result; the verdict turns only when a threshold is reached. */
export const afterResult = (state: ProbeState, succeeded: boolean, probe: Probe): ProbeState => {
  const { successThreshold, failureThreshold } = probeTiming(probe);
  const streak = state.last === succeeded ? state.streak + 1 : 1;
  const reached = streak >= (succeeded ? successThreshold : failureThreshold);
  return { verdict: reached ? succeeded : state.verdict, streak, last: succeeded };
};
