import { isDeepStrictEqual } from 'node:util';
import type { RuleCheck } from '../registry/resource.ts';
import { isObject } from '../schema/json.ts';
import { listSemantics } from '../schema/node.ts';
import type { JsonValue, ObjectSchema, Schema, ValidationRule } from '../schema/types.ts';
import type { FieldError } from '../status-error.ts';
import { type CompiledRule, compileRule } from './compiled-rule.ts';
import { toCel } from './values.ts';

/** The rules of a schema and of all its nodes, compiled once, in the shape of the schema; nodes without rules are left out. */
interface RuleTree {
  readonly schema: Schema;
  readonly rules: readonly CompiledRule[];
  readonly properties: ReadonlyMap<string, RuleTree>;
  readonly values: RuleTree | undefined;
  readonly items: RuleTree | undefined;
}

/** A rule that does not compile, by its place in the schema. */
export interface RuleProblem {
  /** `openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule` */
  readonly field: string;
  readonly rule: string;
  readonly message: string;
}

/** Compiles every `x-kubernetes-validations` of a schema; `check` is absent where there is none. */
export const compileRules = (schema: ObjectSchema): { check?: RuleCheck; problems: RuleProblem[] } => {
  const problems: RuleProblem[] = [];
  const tree = compileTree(schema.root, 'openAPIV3Schema', problems);
  if (!tree) return { problems };
  const check: RuleCheck = (object, old, errors) =>
    errors.some(({ reason }) => blocking.has(reason))
      ? [unchecked]
      : [...treeErrors({ tree, schema, path: '', value: object, old })];
  return { problems, check };
};

/** What makes rules unsafe to evaluate; a number out of its bounds does not. k8s.io/apiextensions-apiserver, hasBlockingErr. */
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const unchecked: FieldError = {
  field: '<nil>',
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

const compileTree = (schema: Schema, field: string, problems: RuleProblem[]): RuleTree | undefined => {
  const rules = (schema['x-kubernetes-validations'] ?? []).flatMap((rule, at) =>
    compileOne(rule, `${field}.x-kubernetes-validations[${at}].rule`, problems),
  );
  const properties = new Map<string, RuleTree>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const tree = compileTree(property, `${field}.properties[${name}]`, problems);
    if (tree) properties.set(name, tree);
  }
  const { additionalProperties, items } = schema;
  const values = isObject(additionalProperties)
    ? compileTree(additionalProperties, `${field}.additionalProperties`, problems)
    : undefined;
  const itemTree = items && compileTree(items, `${field}.items`, problems);
  if (rules.length === 0 && properties.size === 0 && !values && !itemTree) return undefined;
  return { schema, rules, properties, values, items: itemTree };
};

const compileOne = (rule: ValidationRule, field: string, problems: RuleProblem[]): CompiledRule[] => {
  const compilation = compileRule(rule);
  if (compilation.kind === 'compiled') return [compilation.rule];
  problems.push({ field, rule: rule.rule, message: compilation.message });
  return [];
};

/** One value under examination, with its former self where the two can be told to be the same. */
interface Visit {
  readonly tree: RuleTree;
  readonly schema: ObjectSchema;
  readonly path: string;
  readonly value: JsonValue;
  readonly old: JsonValue | undefined;
}

function* treeErrors(visit: Visit): Generator<FieldError> {
  const { tree, schema, value, old, path } = visit;
  yield* ownErrors(visit);
  if (Array.isArray(value)) {
    if (tree.items) yield* itemErrors(visit, tree.items, value);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, child] of Object.entries(value)) {
    const known = isProperty(tree, name);
    const childTree = known ? tree.properties.get(name) : tree.values;
    const oldChild = isObject(old) ? old[name] : undefined;
    const childPath = known ? `${path}.${name}` : `${path}[${name}]`;
    if (childTree) yield* treeErrors({ tree: childTree, schema, path: childPath, value: child, old: oldChild });
  }
}

const isProperty = ({ schema }: RuleTree, name: string): boolean =>
  schema.properties !== undefined && Object.hasOwn(schema.properties, name);

/** Items of a list of type map are the same when their keys are; those of other lists have no former selves. */
function* itemErrors({ tree, schema, path, old }: Visit, items: RuleTree, list: JsonValue[]): Generator<FieldError> {
  const semantics = listSemantics(tree.schema);
  const keys = semantics.kind === 'map' ? semantics.keys : undefined;
  const former = new Map(keys && Array.isArray(old) ? old.map(item => [identity(item, keys), item]) : []);
  for (const [at, item] of list.entries()) {
    const oldItem = keys && former.get(identity(item, keys));
    yield* treeErrors({ tree: items, schema, path: `${path}[${at}]`, value: item, old: oldItem });
  }
}

const identity = (item: JsonValue, keys: readonly string[]): string =>
  JSON.stringify(keys.map(key => (isObject(item) ? item[key] : null)));

/** A value that did not change is not held against rules that were added later. */
function* ownErrors({ tree, schema, path, value, old }: Visit): Generator<FieldError> {
  const rules = tree.rules.filter(({ transition, rule }) => !transition || rule.optionalOldSelf || old !== undefined);
  if (rules.length === 0 || (old !== undefined && isDeepStrictEqual(value, old))) return;
  const self = toCel(value, tree.schema, schema.definitions);
  const oldSelf = old === undefined ? undefined : toCel(old, tree.schema, schema.definitions);
  for (const { rule, check } of rules) {
    const verdict = check(self, oldSelf);
    if (verdict.kind !== 'holds')
      yield toError(rule, path, quotedValue(value, tree.schema, verdict.kind), verdict.message);
  }
}

/** Of a broken rule a scalar is shown, an object or list is not; of one that could not be evaluated, the type. */
const quotedValue = (value: JsonValue, { type = '' }: Schema, kind: 'broken' | 'unclear'): string => {
  if (kind === 'unclear') return `${JSON.stringify(type)}: `;
  return typeof value === 'object' ? '' : `${JSON.stringify(value)}: `;
};

/** `shown`: the value with a colon after it, or nothing. A key in a `fieldPath` is quoted (`.data['a.b']`), in an error it is not. */
const toError = (rule: ValidationRule, path: string, shown: string, message: string): FieldError => {
  const field = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '').replace(/\['(.*?)'\]/g, '[$1]') || '<nil>';
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return { field, reason: rule.reason, message: `Forbidden: ${message}` };
    case 'FieldValueRequired':
      return { field, reason: rule.reason, message: `Required value: ${message}` };
    case 'FieldValueDuplicate':
      return { field, reason: rule.reason, message: `Duplicate value: ${shown}`.replace(/: $/, '') };
    default:
      return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${shown}${message}` };
  }
};
