/**
 * Validation against a structural schema, with every error, in Kubernetes' words and field paths.
 *
 * Written out rather than left to ajv: the subset of OpenAPI is small, and ajv's messages, its paths, `nullable`,
 * int-or-string and list types would all have to be translated; and it would compile each schema first, for hundreds of
 * milliseconds on a large one.
 */
import { duplicate, required } from './field-error.ts';
import { canonicalJson, isObject, own, stringAt } from './json.ts';
import { fieldSchema, itemSchema, keyDefault, listSemantics, resolve } from './node.ts';
import type { Definitions, FieldError, JsonObject, JsonValue, ObjectSchema, Schema } from './types.ts';
import { combinationProblems, hasType, typeProblem, valueProblems } from './validate-value.ts';

/** Of a pruned and defaulted object. Empty when it is valid. */
export function validate(object: JsonObject, schema: ObjectSchema): FieldError[] {
  return [...problemsOf(object, schema.root, '', contextOf(schema))];
}

interface Context {
  definitions: Definitions;
  /**
   * Of a built-in kind. Kubernetes checks these in Go: it does not enforce their list types (a container may name a
   * port twice), and absent fields of a status read as zero values.
   */
  isBuiltIn: boolean;
}

const contextOf = ({ definitions, nullMeansAbsent }: ObjectSchema): Context => ({
  definitions,
  isBuiltIn: nullMeansAbsent,
});

function* problemsOf(value: JsonValue, schema: Schema, path: string, context: Context): Generator<FieldError> {
  const node = resolve(schema, context.definitions);
  if (value === null && node.nullable) return;
  yield* valueProblems(value, node, path, context.isBuiltIn);
  if (!hasType(value, node)) yield typeProblem(value, node, path);
  else if (isObject(value)) yield* objectProblems(value, node, path, context);
  else if (Array.isArray(value)) yield* listProblems(value, node, path, context);
  yield* combinationProblems(node, path, part => [...problemsOf(value, part, path, context)]);
}

const join = (path: string, key: string): string => (path ? `${path}.${key}` : key);

function* objectProblems(object: JsonObject, node: Schema, path: string, context: Context): Generator<FieldError> {
  const mayMiss = context.isBuiltIn && /^status(\.|\[|$)/.test(path);
  for (const key of mayMiss ? [] : (node.required ?? [])) {
    if (own(object, key) === undefined) yield required(join(path, key));
  }
  if (node['x-kubernetes-embedded-resource']) yield* embeddedProblems(object, path);
  for (const [key, value] of Object.entries(object)) {
    const field = fieldSchema(node, key);
    if (field) yield* problemsOf(value, field, join(path, key), context);
  }
}

function* embeddedProblems(object: JsonObject, path: string): Generator<FieldError> {
  for (const key of ['apiVersion', 'kind']) {
    if (!stringAt(object, key)) yield required(join(path, key), 'must not be empty');
  }
}

function* listProblems(
  list: readonly JsonValue[],
  node: Schema,
  path: string,
  context: Context,
): Generator<FieldError> {
  for (const [i, item] of list.entries()) {
    if (node.items) yield* problemsOf(item, itemSchema(node), `${path}[${i}]`, context);
  }
  if (!context.isBuiltIn) yield* duplicates(list, node, path, context.definitions);
}

function* duplicates(
  list: readonly JsonValue[],
  node: Schema,
  path: string,
  definitions: Definitions,
): Generator<FieldError> {
  const semantics = listSemantics(node);
  if (semantics.kind === 'atomic') return;
  const seen = new Map<string, number>();
  for (const [i, item] of list.entries()) {
    const identity = semantics.kind === 'map' ? keysOf(item, semantics.keys, node, definitions) : item;
    const text = canonicalJson(identity);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    // A third time tells nothing new.
    if (times === 2) yield duplicate(`${path}[${i}]`, identity);
  }
}

function keysOf(item: JsonValue, keys: readonly string[], node: Schema, definitions: Definitions): JsonObject {
  const found: JsonObject = {};
  for (const key of keys) {
    const value = (isObject(item) ? own(item, key) : undefined) ?? keyDefault(node, key, definitions);
    if (value !== undefined) found[key] = value;
  }
  return found;
}
