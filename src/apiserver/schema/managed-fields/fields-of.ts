/** The set of fields that an object holds under a schema. */
import { isObject } from '../json.ts';
import type { Definitions, JsonObject, JsonValue, ObjectSchema, Schema } from '../types.ts';
import { fieldOf, formOf, type ListAtom, type MapAtom } from './atom.ts';
import { fieldElement } from './element.ts';
import { type Element, type FieldSet, leaf, node } from './field-set.ts';

/** Field sets under construction: a node and whether its own path belongs to the set. */
const withMember = (set: FieldSet): FieldSet => (set.member ? set : { ...set, member: true });

export function fieldsOf(object: JsonObject, { root, definitions }: ObjectSchema): FieldSet {
  return { ...fieldsOfValue(object, root, definitions), member: false };
}

function fieldsOfValue(value: JsonValue, schema: Schema, definitions: Definitions): FieldSet {
  const form = formOf(schema, value, definitions);
  if (form.form === 'scalar' || form.atomic) return leaf;
  if (form.form === 'list') return node(false, Array.isArray(value) ? listItems(value, form, definitions) : []);
  return node(false, isObject(value) ? mapFields(value, form, definitions) : []);
}

/** A key of a map is owned itself, a field of a struct only where nothing below it can be. */
function* mapFields(map: JsonObject, atom: MapAtom, definitions: Definitions): Generator<[Element, FieldSet]> {
  for (const [key, value] of Object.entries(map)) {
    const fields = fieldsOfValue(value, fieldOf(atom, key), definitions);
    const bare = value === null || (isObject(value) && Object.keys(value).length === 0);
    yield [fieldElement(key), bare || !atom.named(key) ? withMember(fields) : fields];
  }
}

/** Items that occur more than once are owned as one, without what is in them. */
function listItems(list: readonly JsonValue[], atom: ListAtom, definitions: Definitions): Map<Element, FieldSet> {
  const items = new Map<Element, FieldSet>();
  for (const item of list) {
    const found = atom.element(item);
    if (!('element' in found)) continue;
    const fields = items.has(found.element) ? leaf : withMember(fieldsOfValue(item, atom.items, definitions));
    items.set(found.element, fields);
  }
  return items;
}
