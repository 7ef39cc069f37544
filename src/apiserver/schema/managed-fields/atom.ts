/**
 * What structured-merge-diff sees of a schema: for each form of value (map, list, scalar) how it merges.
 * https://pkg.go.dev/sigs.k8s.io/structured-merge-diff/v6/schema and k8s.io/kube-openapi/pkg/schemaconv.
 */
import { isObject, isScalar, own } from '../json.ts';
import { anything, itemSchema, keyDefault, listSemantics, resolve } from '../node.ts';
import type { Definitions, JsonObject, JsonValue, Schema } from '../types.ts';
import { keyElement, valueElement } from './element.ts';
import type { Element } from './field-set.ts';

export interface MapAtom {
  form: 'map';
  atomic: boolean;
  /** A field that the schema names; its ownership is that of a struct field, not of a map key. */
  named: (field: string) => Schema | undefined;
  /** The schema of fields without a name in the schema; undefined where there may be none. */
  rest: Schema | undefined;
  /** Nothing is known of its fields. */
  freeForm: boolean;
}

export interface ListAtom {
  form: 'list';
  atomic: boolean;
  items: Schema;
  /** The element of an item in its path, or why it has none. Only of lists that are not atomic. */
  element: (item: JsonValue) => { element: Element } | { problem: string };
}

export interface ScalarAtom {
  form: 'scalar';
  type: 'numeric' | 'string' | 'boolean' | 'untyped';
}

export type Form = MapAtom | ListAtom | ScalarAtom;

interface Atom {
  map?: MapAtom;
  list?: ListAtom;
  scalar?: ScalarAtom;
}

/** Below an atomic value everything is part of it. */
const atomicAnything: Schema = { ...anything, 'x-kubernetes-map-type': 'atomic' };

/** As schemas, atoms never change. */
const atoms = new WeakMap<Schema, Atom>();

function atomOf(schema: Schema, definitions: Definitions): Atom {
  const known = atoms.get(schema);
  if (known) return known;
  const node = resolve(schema, definitions);
  const atom = buildAtom(node, definitions);
  atoms.set(schema, atom);
  return atom;
}

function buildAtom(node: Schema, definitions: Definitions): Atom {
  switch (node.type) {
    case 'object':
      return { map: mapAtom(node) };
    case 'array':
      return { list: listAtom(node, definitions) };
    case undefined:
    case '':
      return { map: mapAtom(node), scalar: { form: 'scalar', type: 'untyped' }, list: listAtom(node, definitions) };
    default:
      return { scalar: { form: 'scalar', type: scalarType(node) } };
  }
}

/** Strings of a format may be written otherwise (IntOrString), so nothing is said of them. */
function scalarType({ type, format }: Schema): ScalarAtom['type'] {
  if (type === 'integer' || type === 'number') return 'numeric';
  if (type === 'boolean') return 'boolean';
  return type === 'string' && (!format || format === 'byte') ? 'string' : 'untyped';
}

function mapAtom(node: Schema): MapAtom {
  const properties = node.properties ?? {};
  const rest = restSchema(node);
  return {
    form: 'map',
    atomic: node['x-kubernetes-map-type'] === 'atomic',
    named: field => own(properties, field),
    rest,
    freeForm: rest === anything && Object.keys(properties).length === 0,
  };
}

/** An object without any word on its fields takes any, as OpenAPI has it; pruning is stricter, but not done here. */
function restSchema(node: Schema): Schema | undefined {
  if (typeof node.additionalProperties === 'object') return node.additionalProperties;
  if (node.additionalProperties === false) return undefined;
  const open =
    node.additionalProperties ||
    node['x-kubernetes-preserve-unknown-fields'] ||
    Object.keys(node.properties ?? {}).length === 0;
  return open ? (node['x-kubernetes-map-type'] === 'atomic' ? atomicAnything : anything) : undefined;
}

function listAtom(node: Schema, definitions: Definitions): ListAtom {
  const semantics = listSemantics(node);
  const element =
    semantics.kind === 'map'
      ? (item: JsonValue) => itemKey(item, semantics.keys, key => keyDefault(node, key, definitions))
      : setItem;
  return {
    form: 'list',
    atomic: semantics.kind === 'atomic',
    items: node.items ? itemSchema(node) : atomicAnything,
    element,
  };
}

type ElementResult = ReturnType<ListAtom['element']>;

function itemKey(
  item: JsonValue,
  keys: readonly string[],
  defaultOf: (key: string) => JsonValue | undefined,
): ElementResult {
  if (item === null) return { problem: 'associative list with keys may not have a null element' };
  if (!isObject(item)) return { problem: 'associative list with keys may not have non-map elements' };
  const found: JsonObject = {};
  for (const key of keys) {
    const value = own(item, key) ?? defaultOf(key);
    if (value !== undefined) found[key] = value;
  }
  if (Object.keys(found).length > 0) return { element: keyElement(found) };
  const names = keys.map(key => JSON.stringify(key)).join(' ');
  return {
    problem: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  };
}

function setItem(item: JsonValue): ElementResult {
  if (isScalar(item)) return { element: valueElement(item) };
  if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
  return Array.isArray(item)
    ? { problem: 'not supported: associative list with lists as elements' }
    : { problem: "associative list without keys has an element that's a map type" };
}

/** The form that a value has under a schema. Where the value has none of the schema's forms, the schema's first form. */
export function formOf(schema: Schema, value: JsonValue | undefined, definitions: Definitions): Form {
  const atom = atomOf(schema, definitions);
  const form = formOfValue(atom, value) ?? atom.map ?? atom.scalar ?? atom.list;
  if (!form) throw new Error('a schema has at least one form');
  return form;
}

function formOfValue(atom: Atom, value: JsonValue | undefined): Form | undefined {
  if (isScalar(value)) return atom.scalar;
  if (Array.isArray(value)) return atom.list;
  return isObject(value) ? atom.map : undefined;
}

/** The schema of a field of a map. */
export const fieldOf = (map: MapAtom, field: string): Schema => map.named(field) ?? map.rest ?? anything;
