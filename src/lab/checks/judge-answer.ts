/** Pure: whether HTTP answers are as a check expects. */
import type { Answer } from '../scenario/checks-schema.ts';
import { differences, valueAt } from './differences.ts';

/** What became of one request. */
export type Outcome =
  | { kind: 'answered'; status: number; body: string }
  /** Nobody: refused, or silent until the time was up. */
  | { kind: 'none'; why: string }
  /** Somebody took the connection and then it broke. */
  | { kind: 'broken'; why: string };

/** Why the outcomes are not as expected; undefined when they are. */
export const judgeAnswers = (expected: Answer, outcomes: readonly Outcome[]): string | undefined => {
  for (const [index, outcome] of outcomes.entries()) {
    const reason = judgeAnswer(expected, outcome);
    if (reason !== undefined)
      return outcomes.length === 1 ? reason : `request ${index + 1} of ${outcomes.length}: ${reason}`;
  }
  return judgeSpread(expected, outcomes);
};

const judgeAnswer = (expected: Answer, outcome: Outcome): string | undefined => {
  if (expected.none) return outcome.kind === 'none' ? undefined : `there was an answer: ${describe(outcome)}`;
  if (outcome.kind !== 'answered') return outcome.why;
  const { status, body } = outcome;
  if (status !== (expected.status ?? 200))
    return `status ${status}, expected ${expected.status ?? 200}: ${body.trim()}`;
  if (expected.body !== undefined && !new RegExp(expected.body).test(body)) {
    return `the body does not match /${expected.body}/: ${body.trim()}`;
  }
  return expected.json === undefined ? undefined : judgeJson(expected.json, body);
};

const describe = (outcome: Outcome): string =>
  outcome.kind === 'answered' ? `status ${outcome.status}, ${outcome.body.trim()}` : outcome.why;

const judgeJson = (expected: Record<string, unknown>, body: string): string | undefined => {
  const found = differences(expected, parsed(body));
  return found.length === 0 ? undefined : `${found.join('; ')} (the answer: ${body.trim()})`;
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const judgeSpread = ({ spread = {} }: Answer, outcomes: readonly Outcome[]): string | undefined => {
  const bodies = outcomes.map(outcome => (outcome.kind === 'answered' ? parsed(outcome.body) : undefined));
  for (const [path, expected] of Object.entries(spread)) {
    const seen = [...new Set(bodies.map(body => String(valueAt(body, path))))].sort();
    const wanted = expected.toSorted();
    if (seen.join() !== wanted.join()) return `${path} was ${seen.join(', ')}, expected ${wanted.join(', ')}`;
  }
  return undefined;
};
