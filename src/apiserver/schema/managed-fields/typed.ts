/** Checks that an applied configuration fits its schema well enough to say which fields it holds. */
import { isObject, isScalar } from '../json.ts';
import type { Definitions, JsonObject, JsonValue, ObjectSchema, Schema } from '../types.ts';
import { formOf, type ListAtom, type MapAtom, type ScalarAtom } from './atom.ts';
import { fieldElement, indexElement, printPath } from './element.ts';
import type { Element } from './field-set.ts';

/** `.spec.foo: field not declared in schema`, one for each problem. Wording of structured-merge-diff, which clients know. */
export function typeProblems(object: JsonObject, { root, definitions }: ObjectSchema): string[] {
  return [...problemsOf([], object, root, definitions)];
}

function* problemsOf(path: Element[], value: JsonValue, schema: Schema, definitions: Definitions): Generator<string> {
  const form = formOf(schema, value, definitions);
  if (form.form === 'scalar') yield* scalarProblems(path, value, form);
  else if (value === null) return;
  else if (form.form === 'map') yield* mapProblems(path, value, form, definitions);
  else yield* listProblems(path, value, form, definitions);
}

const at = (path: Element[], problem: string): string => `${printPath(path)}: ${problem}`;

const fits: { [type in ScalarAtom['type']]: (value: JsonValue) => boolean } = {
  numeric: value => typeof value === 'number',
  string: value => typeof value === 'string',
  boolean: value => typeof value === 'boolean',
  untyped: isScalar,
};

const expectations: { [type in ScalarAtom['type']]: string } = {
  numeric: 'numeric (int or float)',
  string: 'string',
  boolean: 'boolean',
  untyped: 'any scalar',
};

function* scalarProblems(path: Element[], value: JsonValue, { type }: ScalarAtom): Generator<string> {
  if (value !== null && !fits[type](value))
    yield at(path, `expected ${expectations[type]}, got ${describe(value, type)}`);
}

/** Go shows the type of what is no number, and the value of the rest. */
function describe(value: JsonValue, expected: ScalarAtom['type']): string {
  if (expected !== 'numeric') return printValue(value);
  if (isObject(value)) return 'map[string]interface {}';
  if (Array.isArray(value)) return '[]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const printValue = (value: JsonValue): string => JSON.stringify(value);

function* mapProblems(path: Element[], value: JsonValue, map: MapAtom, definitions: Definitions): Generator<string> {
  if (!isObject(value)) return yield at(path, `expected map, got ${printValue(value)}`);
  for (const [key, field] of Object.entries(value)) {
    const own = [...path, fieldElement(key)];
    const schema = map.named(key) ?? map.rest;
    if (schema) yield* problemsOf(own, field, schema, definitions);
    else yield at(own, 'field not declared in schema');
  }
}

function* listProblems(path: Element[], value: JsonValue, list: ListAtom, definitions: Definitions): Generator<string> {
  if (!Array.isArray(value)) return yield at(path, `expected list, got ${printValue(value)}`);
  const seen = new Set<Element>();
  for (const [index, item] of value.entries()) {
    const found = list.atomic ? { element: indexElement(index) } : list.element(item);
    if ('problem' in found) return yield at(path, `element ${index}: ${found.problem}`);
    if (seen.has(found.element)) yield at(path, `duplicate entries for key ${printPath([found.element])}`);
    seen.add(found.element);
    yield* problemsOf([...path, found.element], item, list.items, definitions);
  }
}
