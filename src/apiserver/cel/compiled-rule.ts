import { type ASTNode, Optional, type ParseResult } from '@marcbachmann/cel-js';
import type { ValidationRule } from '../schema/types.ts';
import { rulesEnvironment } from './environment.ts';
import { type CelValue, longest } from './values.ts';

/** One rule, parsed and checked once. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  /** Whether it compares with the former value. */
  readonly transition: boolean;
  check(self: CelValue, old: CelValue | undefined): Verdict;
}

/** `unclear`: the rule could not be evaluated on this value, which counts as broken. */
export type Verdict = { kind: 'holds' } | { kind: 'broken' | 'unclear'; message: string };

export type Compilation = { kind: 'compiled'; rule: CompiledRule } | { kind: 'malformed'; message: string };

/**
 * Bound of the work one rule may do: nodes of the expression, times the longest collection for every level of nested
 * loops. Deterministic, so that what was accepted once is accepted again.
 */
const budget = 50_000_000;

export const compileRule = (rule: ValidationRule): Compilation => {
  const expression = compile(rule.rule, 'bool');
  if (expression.kind === 'malformed') return expression;
  const message = rule.messageExpression === undefined ? undefined : compile(rule.messageExpression, 'string');
  if (message?.kind === 'malformed') return message;
  const { run, nodes, depth } = expression;
  const check = (self: CelValue, old: CelValue | undefined): Verdict => {
    const context = { self, oldSelf: rule.optionalOldSelf ? optional(old) : old };
    if (nodes * Math.max(longest(self), longest(old ?? null)) ** depth > budget) return exceeded;
    const outcome = evaluate(run, context);
    if (outcome.kind === 'failed') return unclear(`${outcome.message} evaluating rule: ${rule.message ?? rule.rule}`);
    return outcome.value === true ? { kind: 'holds' } : { kind: 'broken', message: told(rule, message?.run, context) };
  };
  return { kind: 'compiled', rule: { rule, transition: expression.identifiers.has('oldSelf'), check } };
};

const optional = (value: CelValue | undefined): Optional<CelValue> =>
  value === undefined ? Optional.none() : Optional.of(value);

const unclear = (message: string): Verdict => ({ kind: 'unclear', message });

const exceeded = unclear(
  'validation failed due to running out of cost budget, no further validation rules will be run',
);

const told = (rule: ValidationRule, expression: ParseResult | undefined, context: Record<string, unknown>): string => {
  const computed = expression && evaluate(expression, context);
  if (computed?.kind === 'value' && typeof computed.value === 'string' && computed.value.trim()) return computed.value;
  return rule.message ?? `failed rule: ${rule.rule}`;
};

type Evaluation = { kind: 'value'; value: unknown } | { kind: 'failed'; message: string };

const evaluate = (run: ParseResult, context: Record<string, unknown>): Evaluation => {
  try {
    return { kind: 'value', value: run(context) };
  } catch (error) {
    // Go's errors begin with a small letter: `no such key: spec`.
    return { kind: 'failed', message: messageOf(error).replace(/^./, first => first.toLowerCase()) };
  }
};

type Compiled =
  | { kind: 'compiled'; run: ParseResult; nodes: number; depth: number; identifiers: ReadonlySet<string> }
  | { kind: 'malformed'; message: string };

const compile = (text: string, wanted: string): Compiled => {
  try {
    const run = rulesEnvironment().parse(text);
    const checked = run.check();
    if (!checked.valid) return malformed(messageOf(checked.error));
    if (checked.type !== wanted && checked.type !== 'dyn') {
      return malformed(`cel expression must evaluate to a ${wanted}`);
    }
    return { kind: 'compiled', run, ...measure(run.ast) };
  } catch (error) {
    return malformed(messageOf(error));
  }
};

const malformed = (message: string): Compiled => ({
  kind: 'malformed',
  message: `compilation failed: ERROR: ${message}`,
});

const messageOf = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'summary' in error) return String(error.summary);
  return error instanceof Error ? error.message : String(error);
};

const loops = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** Size of an expression, how deep its loops are nested, and the names it uses. */
const measure = (ast: ASTNode): { nodes: number; depth: number; identifiers: Set<string> } => {
  const identifiers = new Set<string>();
  let nodes = 0;
  const depthOf = (node: ASTNode): number => {
    nodes += 1;
    if (node.op === 'id') identifiers.add(node.args);
    const inner = childrenOf(node.args).reduce((most, child) => Math.max(most, depthOf(child)), 0);
    return node.op === 'rcall' && loops.has(node.args[0]) ? inner + 1 : inner;
  };
  return { depth: depthOf(ast), nodes, identifiers };
};

const childrenOf = (args: unknown): ASTNode[] => {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
};

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
