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

const pod = z.object({
  namespace: z.string(),
  name: z.string(),
  node: z.string(),
  /** The pod's network namespace. */
  netns: z.string(),
  /** A process whose mount namespace the pod's containers share, as the sandbox numbers it. */
  pid: z.int().optional(),
  address: z.string(),
});
export type PodPlace = z.infer<typeof pod>;

/** `/status` of the sandbox. */
export const sandboxStatus = z.object({ processes: z.array(processStatus), pods: z.array(pod) });
export type SandboxStatus = z.infer<typeof sandboxStatus>;
