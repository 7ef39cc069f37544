/** Checks of one value by the keywords of its own schema node. Wording of k8s.io/kube-openapi/pkg/validation/errors. */
import { invalid, notSupported, tooLong, tooMany, typeInvalid } from './field-error.ts';
import { hasFormat } from './formats.ts';
import { deepEqual, isObject } from './json.ts';
import type { FieldError, JsonValue, Schema } from './types.ts';

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function expectedTypes(node: Schema): string[] {
  if (node['x-kubernetes-int-or-string']) return ['integer', 'string'];
  return node.type ? [node.type] : [];
}

/** A node without type takes any value but null, which needs `nullable`; what preserves unknown fields takes null too. */
export function hasType(value: JsonValue, node: Schema): boolean {
  const expected = expectedTypes(node);
  const actual = typeOf(value);
  return expected.length === 0 || expected.includes(actual) || (actual === 'integer' && expected.includes('number'));
}

const inBody = (path: string): string => `${path} in body`;

export function typeProblem(value: JsonValue, node: Schema, path: string): FieldError {
  const actual = typeOf(value);
  return typeInvalid(
    path,
    actual,
    `${inBody(path)} must be of type ${expectedTypes(node).join()}: ${JSON.stringify(actual)}`,
  );
}

/** Of a value of any type: what each keyword of its node says that applies to it. All but types, fields, items and combinations. */
export function* valueProblems(
  value: JsonValue,
  node: Schema,
  path: string,
  isBuiltIn: boolean,
): Generator<FieldError> {
  if (typeof value === 'string') yield* stringProblems(value, node, path);
  else if (typeof value === 'number')
    yield* isBuiltIn ? rangeProblems(value, node, path) : numberProblems(value, node, path);
  else if (Array.isArray(value)) yield* sizeProblems(value.length, [node.minItems, node.maxItems], 'items', path);
  else if (isObject(value)) {
    const size = Object.keys(value).length;
    yield* sizeProblems(size, [node.minProperties, node.maxProperties], 'properties', path);
  }
  if (node.uniqueItems && Array.isArray(value) && hasDuplicates(value)) {
    yield invalid(path, value, `${inBody(path)} shouldn't contain duplicates`);
  }
  if (node.enum && !node.enum.some(each => deepEqual(each, value))) yield notSupported(path, value, node.enum);
}

const hasDuplicates = (list: JsonValue[]): boolean =>
  list.some((item, i) => list.slice(0, i).some(earlier => deepEqual(item, earlier)));

function* stringProblems(value: string, node: Schema, path: string): Generator<FieldError> {
  const first = textProblem(value, node, path);
  if (first) yield first;
  if (node.format && node.type === 'string' && !hasFormat(value, node.format)) {
    yield typeInvalid(path, value, `${inBody(path)} must be of type ${node.format}: ${JSON.stringify(value)}`);
  }
}

/** Only the first of them is told, as in Kubernetes. */
function textProblem(value: string, node: Schema, path: string): FieldError | undefined {
  const length = [...value].length;
  if (node.maxLength !== undefined && length > node.maxLength) return tooLong(path, node.maxLength);
  if (node.minLength !== undefined && length < node.minLength) {
    return invalid(path, value, `${inBody(path)} should be at least ${node.minLength} chars long`);
  }
  return node.pattern !== undefined && !patternOf(node.pattern).test(value)
    ? invalid(path, value, `${inBody(path)} should match '${node.pattern}'`)
    : undefined;
}

const patterns = new Map<string, RegExp>();

/** Go's RE2 syntax is JavaScript's but for the leading flag `(?i)`; there is no backtracking construct in RE2 to lose. */
function patternOf(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  const ignoreCase = pattern.startsWith('(?i)');
  const compiled = new RegExp(ignoreCase ? pattern.slice(4) : pattern, ignoreCase ? 'i' : '');
  patterns.set(pattern, compiled);
  return compiled;
}

function* numberProblems(value: number, node: Schema, path: string): Generator<FieldError> {
  for (const [holds, text] of bounds(value, node))
    if (!holds) yield invalid(path, value, `${inBody(path)} should be ${text}`);
}

/** Built-in kinds are checked in Go, which has its own words: k8s.io/apimachinery/pkg/util/validation. */
function* rangeProblems(value: number, { minimum, maximum }: Schema, path: string): Generator<FieldError> {
  const least = minimum ?? Number.NEGATIVE_INFINITY;
  const most = maximum ?? Number.POSITIVE_INFINITY;
  if (value >= least && value <= most) return;
  if (minimum === undefined) yield invalid(path, value, `must be less than or equal to ${most}`);
  else if (maximum === undefined) yield invalid(path, value, `must be greater than or equal to ${least}`);
  else yield invalid(path, value, `must be between ${least} and ${most}, inclusive`);
}

function* bounds(value: number, node: Schema): Generator<[boolean, string]> {
  const { minimum, maximum, multipleOf } = node;
  if (minimum !== undefined) {
    yield node.exclusiveMinimum
      ? [value > minimum, `greater than ${minimum}`]
      : [value >= minimum, `greater than or equal to ${minimum}`];
  }
  if (maximum !== undefined) {
    yield node.exclusiveMaximum
      ? [value < maximum, `less than ${maximum}`]
      : [value <= maximum, `less than or equal to ${maximum}`];
  }
  if (multipleOf !== undefined) {
    yield [Number.isInteger(Number((value / multipleOf).toPrecision(12))), `a multiple of ${multipleOf}`];
  }
}

function* sizeProblems(
  size: number,
  [minimum = 0, maximum = Number.POSITIVE_INFINITY]: [number | undefined, number | undefined],
  what: string,
  path: string,
): Generator<FieldError> {
  if (size > maximum) yield tooMany(path, size, maximum);
  if (size < minimum) yield invalid(path, size, `${inBody(path)} should have at least ${minimum} ${what}`);
}

/**
 * `check` tells what is wrong with the value under one schema of a combination. As in Kubernetes, the message rather than
 * the field says where, and what the first alternative misses is told as well.
 */
export function* combinationProblems(
  node: Schema,
  path: string,
  check: (part: Schema) => FieldError[],
): Generator<FieldError> {
  const say = (why: string): FieldError => invalid('', '', `${JSON.stringify(path)} must ${why}`);
  for (const part of node.allOf ?? []) yield* check(part);
  const any = node.anyOf?.map(check);
  if (any && !any.some(isEmpty)) yield* [say('validate at least one schema (anyOf)'), ...(any[0] ?? [])];
  const one = node.oneOf?.map(check);
  const valid = one?.filter(isEmpty).length ?? 1;
  const text = 'validate one and only one schema (oneOf).';
  if (one && valid === 0) yield* [say(`${text} Found none valid`), ...(one[0] ?? [])];
  else if (valid > 1) yield say(`${text} Found ${valid} valid alternatives`);
  if (node.not && isEmpty(check(node.not))) yield say('not validate the schema (not)');
}

const isEmpty = (errors: FieldError[]): boolean => errors.length === 0;
