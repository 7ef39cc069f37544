/**
 * The JSONPath of printer columns, scale paths and selectable fields: fields, quoted fields, indexes, `[*]` and filters
 * such as `[?(@.type=="Ready")]`. https://kubernetes.io/docs/reference/kubectl/jsonpath/
 */
import { deepEqual, isObject, own } from '../json.ts';
import type { JsonValue } from '../types.ts';

type Step =
  | { kind: 'field'; name: string }
  | { kind: 'index'; index: number }
  | { kind: 'all' }
  | { kind: 'filter'; path: readonly Step[]; operator: Operator; value: JsonValue };

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'exists';

/** Finds all values a path leads to; none where something on the way is missing. */
export type JsonPath = (value: JsonValue) => JsonValue[];

/** Throws a SyntaxError for what is outside the subset. */
export function parseJsonPath(text: string): JsonPath {
  const body = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  const steps = parseSteps(body.replace(/^\$/, ''), text);
  return value => follow(value, steps);
}

const token =
  /\.?\[\?\(\s*(?<filter>.+?)\s*\)\]|\.?\[(?<index>-?\d+)\]|\.?\[(?<all>\*)\]|\.?\[(?<quote>['"])(?<quoted>.*?)\k<quote>\]|\.(?<star>\*)|\.(?<name>(?:\\.|[^.[\]\\])+)/y;

function parseSteps(body: string, whole: string): Step[] {
  const steps: Step[] = [];
  const scanner = new RegExp(token);
  while (scanner.lastIndex < body.length) {
    const at = scanner.lastIndex;
    const groups = scanner.exec(body)?.groups;
    if (!groups)
      throw new SyntaxError(`JSONPath ${JSON.stringify(whole)} is not understood at ${JSON.stringify(body.slice(at))}`);
    steps.push(stepOf(groups, whole));
  }
  return steps;
}

function stepOf(groups: { [name: string]: string | undefined }, whole: string): Step {
  const { filter, index, all, quoted, star, name } = groups;
  if (filter !== undefined) return parseFilter(filter, whole);
  if (index !== undefined) return { kind: 'index', index: Number(index) };
  if (all !== undefined || star !== undefined) return { kind: 'all' };
  return { kind: 'field', name: quoted ?? (name ?? '').replace(/\\(.)/g, '$1') };
}

const comparison = /^@(?<path>.*?)\s*(?:(?<operator>==|!=|<=|>=|<|>)\s*(?<value>.+))?$/;

function parseFilter(filter: string, whole: string): Step {
  const groups = comparison.exec(filter)?.groups;
  if (!groups)
    throw new SyntaxError(`JSONPath ${JSON.stringify(whole)} has a filter that is not understood: ${filter}`);
  const operator = (groups.operator ?? 'exists') as Operator;
  const value = groups.value === undefined ? null : literal(groups.value, whole);
  return { kind: 'filter', path: parseSteps(groups.path ?? '', whole), operator, value };
}

function literal(text: string, whole: string): JsonValue {
  const quoted = /^'(.*)'$|^"(.*)"$/.exec(text);
  if (quoted) return quoted[1] ?? quoted[2] ?? '';
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError(
      `JSONPath ${JSON.stringify(whole)} compares with ${text}, which is no string, number or boolean`,
    );
  }
}

function follow(value: JsonValue, steps: readonly Step[]): JsonValue[] {
  return steps.reduce<JsonValue[]>((values, step) => values.flatMap(each => take(each, step)), [value]);
}

function take(value: JsonValue, step: Step): JsonValue[] {
  const children = Array.isArray(value) ? value : [];
  switch (step.kind) {
    case 'field':
      return present(isObject(value) ? own(value, step.name) : undefined);
    case 'index':
      return present(children.at(step.index));
    case 'all':
      return isObject(value) ? Object.values(value) : children;
    case 'filter':
      return children.filter(child => matches(follow(child, step.path), step));
  }
}

const present = (value: JsonValue | undefined): JsonValue[] => (value === undefined ? [] : [value]);

function matches([found]: JsonValue[], { operator, value }: Extract<Step, { kind: 'filter' }>): boolean {
  if (found === undefined) return false;
  if (operator === 'exists') return true;
  if (operator === '==' || operator === '!=') return deepEqual(found, value) === (operator === '==');
  const order = compareValues(found, value);
  if (order === undefined) return false;
  return operator.startsWith('<')
    ? order < 0 || (order === 0 && operator === '<=')
    : order > 0 || (order === 0 && operator === '>=');
}

function compareValues(a: JsonValue, b: JsonValue): number | undefined {
  const comparable =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  return comparable ? (a < b ? -1 : a > b ? 1 : 0) : undefined;
}
