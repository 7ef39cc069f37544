/** Progress of `kdc lab up`, as the processes that do the work tell it: one JSON object a line on standard output. */
import { z } from 'zod';
import { LabError, messageOf } from './errors.ts';
import type { Lab } from './scenario/lab-schema.ts';

const stepEventSchema = z.strictObject({
  /** `fabric`, `node/kube-dc-worker-1`; `lab` stands for the whole. */
  step: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  /** When failed: what went wrong. */
  message: z.string().optional(),
  /** When failed: the component whose log tells more. */
  log: z.string().optional(),
});

export type StepEvent = z.infer<typeof stepEventSchema>;
export type Report = (event: StepEvent) => void;

/** The steps that come before the scenario's objects are applied, in the order they are shown. */
export const physicalSteps = (lab: Pick<Lab, 'switch' | 'machines' | 'nodes'>): { step: string; title: string }[] => [
  { step: 'sandbox', title: 'sandbox' },
  { step: 'cables', title: 'network namespaces and cables' },
  { step: 'switch', title: `switch ${lab.switch}` },
  ...Object.keys(lab.machines).map(name => ({ step: `machine/${name}`, title: `machine ${name}` })),
  { step: 'ovn', title: 'OVN databases and northd' },
  ...Object.keys(lab.nodes).map(name => ({ step: `node/${name}`, title: `node ${name}` })),
  { step: 'api', title: 'Kubernetes API' },
  { step: 'cluster', title: 'scheduler and node agents' },
  { step: 'controller', title: 'controllers' },
];

export const WHOLE_LAB = 'lab';

/** A step that failed has been reported; whoever catches this only has to stop. */
export class StepFailed extends Error {
  constructor(step: string, cause: unknown) {
    super(`${step}: ${messageOf(cause)}`, { cause });
    this.name = 'StepFailed';
  }
}

export const runStep = async <T>(report: Report, step: string, log: string, work: () => Promise<T>): Promise<T> => {
  report({ step, state: 'running' });
  try {
    const result = await work();
    report({ step, state: 'done' });
    return result;
  } catch (error) {
    if (error instanceof StepFailed) throw error;
    report({ step, state: 'failed', message: describe(error), log });
    throw new StepFailed(step, error);
  }
};

const describe = (error: unknown): string => {
  if (error instanceof LabError && error.remedy) return `${error.message} (${error.remedy})`;
  return messageOf(error);
};

export const writeEvent: Report = event => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

/** Undefined for a line that is no event: a program's own output. */
export const readEvent = (line: string): StepEvent | undefined => {
  try {
    return stepEventSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
};
