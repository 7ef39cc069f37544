/** The shapes of what the supervisor and the sandbox answer. */
import { z } from 'zod';

const processStatus = z.object({ name: z.string(), pid: z.int(), restarts: z.int(), bytes: z.number() });

/** `/status` of the supervisor. */
export const supervisorStatus = z.object({
  name: z.string(),
  scenario: z.string(),
  /** The sandbox's process 1, as the host numbers it; undefined until it has started. */
  sandboxPid: z.int().optional(),
  /** The host's user id the sandbox was made by; 0 needs no user namespace. */
  uid: z.int(),
  ready: z.boolean(),
  processes: z.array(processStatus),
});
export type SupervisorStatus = z.infer<typeof supervisorStatus>;

/** `/status` of the sandbox. */
export const sandboxStatus = z.object({ processes: z.array(processStatus) });
export type SandboxStatus = z.infer<typeof sandboxStatus>;

/** What the sandbox is asked about a pod: its full name, or that of the Deployment it belongs to. */
export const podQuestion = z.object({ namespace: z.string(), name: z.string() });

/** `/pods`: `namespace/name` of each. */
export const podNames = z.array(z.string());

/** `/pod-command`: the command line, for inside the sandbox, that runs a command in a pod; null when there is no such pod. */
export const podCommandQuestion = podQuestion.extend({ command: z.array(z.string()) });
export const podCommand = z.array(z.string()).nullable();

/** `/pod-log`: what a pod's first container has said since a time (RFC 3339); null when there is no such pod. */
export const podLogQuestion = podQuestion.extend({ since: z.string().optional() });
export const podLog = z.array(z.object({ time: z.string(), text: z.string() })).nullable();
