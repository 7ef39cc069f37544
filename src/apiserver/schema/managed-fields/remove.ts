/** Taking fields out of an object. */
import { isObject, put } from '../json.ts';
import type { Definitions, JsonObject, JsonValue, ObjectSchema, Schema } from '../types.ts';
import { fieldOf, formOf, type ListAtom, type MapAtom } from './atom.ts';
import { fieldElement } from './element.ts';
import { child, emptySet, type FieldSet, isEmpty } from './field-set.ts';

/** The object without the members of the set. What loses all its content becomes null, as in structured-merge-diff. */
export function remove(object: JsonObject, fields: FieldSet, { root, definitions }: ObjectSchema): JsonObject {
  const rest = removeFrom(object, fields, root, definitions);
  return isObject(rest) ? rest : {};
}

function removeFrom(value: JsonValue, fields: FieldSet, schema: Schema, definitions: Definitions): JsonValue {
  const form = formOf(schema, value, definitions);
  if (form.form === 'scalar') return value;
  if (form.atomic) return null;
  if (form.form === 'map') return isObject(value) ? removeFields(value, fields, form, definitions) : null;
  return Array.isArray(value) ? removeItems(value, fields, form, definitions) : null;
}

function removeFields(map: JsonObject, fields: FieldSet, atom: MapAtom, definitions: Definitions): JsonValue {
  const rest: JsonObject = {};
  for (const [key, value] of Object.entries(map)) {
    const own = child(fields, fieldElement(key));
    if (own.member) continue;
    put(rest, key, isEmpty(own) ? value : removeFrom(value, own, fieldOf(atom, key), definitions));
  }
  return Object.keys(rest).length > 0 ? rest : null;
}

function removeItems(list: JsonValue[], fields: FieldSet, atom: ListAtom, definitions: Definitions): JsonValue {
  const rest = list.flatMap(item => {
    const found = atom.element(item);
    const own = 'element' in found ? child(fields, found.element) : emptySet;
    if (own.member) return [];
    return [isEmpty(own) ? item : removeFrom(item, own, atom.items, definitions)];
  });
  return rest.length > 0 ? rest : null;
}
