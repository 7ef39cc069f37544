/** Runs one check of a scenario: its steps in order until one does not hold, then, in any case, what it does at last. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryRun } from '../../host/run.ts';
import type { KubeClient } from '../../kube/client.ts';
import { NotFound } from '../../kube/errors.ts';
import type { KubeObject } from '../../resources/meta.ts';
import { messageOf } from '../errors.ts';
import type { RunningLab } from '../lifecycle/find-lab.ts';
import { commandOn } from '../lifecycle/places.ts';
import { applyObjects } from '../objects/apply.ts';
import { describeObject } from '../objects/describe.ts';
import { ResourceTypes } from '../objects/resource-types.ts';
import type { Check, CommandStep, HttpRequest, PartOfObject, Reference, Step } from '../scenario/checks-schema.ts';
import { inOrderOfKind, manifestsOf } from '../scenario/manifests.ts';
import { differences } from './differences.ts';
import { judgeAnswers } from './judge-answer.ts';
import { sendRequests } from './send-requests.ts';

export interface CheckResult {
  check: Check;
  /** Why it does not hold; undefined when it does. */
  failure: string | undefined;
  ms: number;
}

export interface CheckWorld {
  lab: RunningLab;
  client: KubeClient;
  /** The scenario's folder. */
  folder: string;
  /** Ends the steps of a check early; what it does at last is still done. */
  signal: AbortSignal;
}

const NEVER = new AbortController().signal;

export const runCheck = async (world: CheckWorld, check: Check): Promise<CheckResult> => {
  const began = performance.now();
  const failure = await runSteps(world, check.steps);
  const afterwards = await runSteps({ ...world, signal: NEVER }, check.finally);
  return { check, failure: failure ?? (afterwards && `cleaning up: ${afterwards}`), ms: performance.now() - began };
};

const runSteps = async (world: CheckWorld, steps: readonly Step[]): Promise<string | undefined> => {
  for (const [index, step] of steps.entries()) {
    const reason = world.signal.aborted ? 'interrupted' : await runStep(world, step).catch(messageOf);
    if (reason === undefined) continue;
    return `${steps.length === 1 ? '' : `step ${index + 1}, `}${describeStep(step)}: ${reason}`;
  }
  return undefined;
};

/** Undefined when it holds. */
const runStep = (world: CheckWorld, step: Step): Promise<string | undefined> => {
  if ('request' in step) return within(world, step.request.withinSeconds, () => request(world, step.request));
  if ('command' in step) return within(world, step.command.withinSeconds, () => command(world, step.command));
  if ('apply' in step) return apply(world, step.apply);
  if ('delete' in step) return remove(world, step.delete);
  if ('match' in step) return within(world, step.match.withinSeconds, () => match(world, step.match.objects));
  return within(world, step.absent.withinSeconds, () => absent(world, step.absent.objects));
};

const describeStep = (step: Step): string => {
  if ('request' in step) return `${step.request.from} → ${step.request.url}`;
  if ('command' in step) return `${step.command.from}: ${step.command.run.join(' ')}`;
  if ('delete' in step) return `delete ${nameOf(step.delete)}`;
  return Object.keys(step).join();
};

const nameOf = ({ kind, namespace, name }: Reference): string =>
  describeObject({ kind, metadata: { namespace, name } });

const INTERVAL_MS = 100;

/** Asks again until it holds or the time is up; 0 seconds ask once. */
const within = async (
  { signal }: CheckWorld,
  seconds: number,
  ask: () => Promise<string | undefined>,
): Promise<string | undefined> => {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const reason = await ask();
    if (reason === undefined || performance.now() >= deadline) return reason;
    await sleep(INTERVAL_MS, undefined, { signal });
  }
};

const request = async ({ lab }: CheckWorld, step: HttpRequest): Promise<string | undefined> =>
  judgeAnswers(step.expect, await sendRequests(lab, step));

const command = async ({ lab }: CheckWorld, step: CommandStep): Promise<string | undefined> => {
  const [file, ...args] = await commandOn(lab, step.from, step.run);
  const timeoutMs = step.timeoutSeconds * 1000;
  const { exitCode, stdout, stderr } = await tryRun(file, args, {
    env: lab.environment.env,
    input: step.stdin,
    timeoutMs,
  });
  if (exitCode !== step.expect.exitCode)
    return `exit code ${exitCode}, expected ${step.expect.exitCode}: ${(stderr || stdout).trim()}`;
  const { stdout: pattern } = step.expect;
  if (pattern === undefined || new RegExp(pattern).test(stdout.trim())) return undefined;
  return `the output does not match /${pattern}/: ${stdout.trim()}`;
};

const apply = async (
  { client, folder }: CheckWorld,
  step: { objects: PartOfObject[]; files: string[] },
): Promise<undefined> => {
  const fromFiles = await Promise.all(step.files.map(file => manifestsOf(join(folder, file))));
  await applyObjects(client, inOrderOfKind([...fromFiles.flat(), ...step.objects.map(asObject)]));
};

/** A part of an object names all that an object has to have. */
const asObject = (part: PartOfObject): KubeObject => part as unknown as KubeObject;

const remove = async ({ client }: CheckWorld, reference: Reference): Promise<undefined> => {
  const type = await new ResourceTypes(client).of(reference);
  await client.delete(type, reference).catch(error => {
    if (!(error instanceof NotFound)) throw error;
  });
};

const match = async ({ client }: CheckWorld, objects: readonly PartOfObject[]): Promise<string | undefined> => {
  const types = new ResourceTypes(client);
  for (const expected of objects) {
    const actual = await client.find(await types.of(expected), expected.metadata);
    const found = actual ? differences(expected, actual) : ['it does not exist'];
    if (found.length > 0) return `${describeObject(expected)}: ${found.join('; ')}`;
  }
  return undefined;
};

const absent = async ({ client }: CheckWorld, references: readonly Reference[]): Promise<string | undefined> => {
  const types = new ResourceTypes(client);
  for (const reference of references) {
    if (await client.find(await types.of(reference), reference)) return `${nameOf(reference)} is still there`;
  }
  return undefined;
};
