/** The traffic checks of a scenario, `checks.yaml`: what must be seen, said as data. */
import { z } from 'zod';

/** Part of an object or of a JSON answer: what is named must be there and equal, what is not named may be anything. */
const subset = z.record(z.string(), z.unknown());

const reference = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
});

const partOfObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

const seconds = z.number().positive();

const answer = z.strictObject({
  status: z.int().optional(),
  /** A regular expression the body must match. */
  body: z.string().optional(),
  json: subset.optional(),
  /** Nobody may answer: a refused connection or silence until the time is up. */
  none: z.literal(true).optional(),
  /** JSON fields, by dotted path, whose values over all requests must be exactly these: who shares the work. */
  spread: z.record(z.string(), z.array(z.string()).min(1)).optional(),
});

/** One or more HTTP requests, each on a connection of its own. */
const request = z.strictObject({
  from: z.string(),
  url: z.url(),
  headers: z.record(z.string(), z.string()).default({}),
  times: z.int().min(1).max(1000).default(1),
  /** How long one request may take. */
  timeoutSeconds: seconds.default(3),
  /** Tried again until it holds, for this long: for what takes effect a moment later. 0 tries once. */
  withinSeconds: z.number().min(0).default(0),
  expect: answer,
});

const command = z.strictObject({
  from: z.string(),
  run: z.array(z.string()).min(1),
  stdin: z.string().optional(),
  timeoutSeconds: seconds.default(10),
  withinSeconds: z.number().min(0).default(0),
  expect: z.strictObject({
    exitCode: z.int().default(0),
    /** A regular expression the output must match; `^$` for none. */
    stdout: z.string().optional(),
  }),
});

const step = z.union([
  z.strictObject({ request }),
  z.strictObject({ command }),
  /** Objects to apply: written here, or files of the scenario. */
  z.strictObject({
    apply: z.strictObject({ objects: z.array(partOfObject).default([]), files: z.array(z.string()).default([]) }),
  }),
  z.strictObject({ delete: reference }),
  /** Parts of objects; waits until all are so, and says what differs when the time is up. */
  z.strictObject({
    match: z.strictObject({ objects: z.array(partOfObject).min(1), withinSeconds: seconds.default(30) }),
  }),
  z.strictObject({
    absent: z.strictObject({ objects: z.array(reference).min(1), withinSeconds: seconds.default(30) }),
  }),
]);

const check = z.strictObject({
  name: z.string().regex(/^[a-z0-9][-a-z0-9]*$/, 'must be lower-case letters, digits and dashes'),
  /** What a user learns from it; shown in the table. */
  why: z.string(),
  steps: z.array(step).min(1),
  /** Run after the steps, whatever came of them, to leave the lab as it was. */
  finally: z.array(step).default([]),
});

export const checksSchema = z.strictObject({ checks: z.array(check).default([]) });

export type Check = z.infer<typeof check>;
export type Step = z.infer<typeof step>;
export type HttpRequest = z.infer<typeof request>;
export type CommandStep = z.infer<typeof command>;
export type Answer = z.infer<typeof answer>;
export type Reference = z.infer<typeof reference>;
export type PartOfObject = z.infer<typeof partOfObject>;
