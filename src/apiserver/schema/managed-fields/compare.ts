/** What differs between two states of an object, as sets of fields. */
import { deepEqual, isObject, isScalar, own } from '../json.ts';
import type { Definitions, JsonObject, JsonValue, ObjectSchema, Schema } from '../types.ts';
import { type Form, fieldOf, formOf, type ListAtom, type MapAtom } from './atom.ts';
import { fieldElement } from './element.ts';
import { type Element, type FieldSet, FieldSetBuilder, type Path } from './field-set.ts';

export interface Comparison {
  added: FieldSet;
  removed: FieldSet;
  /** In both, with different values. */
  modified: FieldSet;
}

type Side = JsonValue | undefined;

export function compare(before: JsonObject, after: JsonObject, { root, definitions }: ObjectSchema): Comparison {
  const walk = new Walk(definitions);
  walk.compare([], before, after, root);
  return { added: walk.added.build(), removed: walk.removed.build(), modified: walk.modified.build() };
}

class Walk {
  readonly added = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly #definitions: Definitions;

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** `undefined` is an absent side. A value that changed its form is compared under both of its forms. */
  compare(path: Path, before: Side, after: Side, schema: Schema): void {
    const forms = new Set<Form>();
    if (before !== undefined) forms.add(formOf(schema, before, this.#definitions));
    if (after !== undefined) forms.add(formOf(schema, after, this.#definitions));
    const wholes = [...forms].map(form => this.#compareForm(path, before, after, form));
    if (wholes.at(-1)) return;
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
  }

  /** Returns whether the value was compared as a whole. */
  #compareForm(path: Path, before: Side, after: Side, form: Form): boolean {
    if (form.form === 'scalar' || form.atomic || (isBare(before, form) && isBare(after, form))) {
      this.#compareWhole(path, before, after);
      return true;
    }
    if (form.form === 'map') this.#compareMaps(path, before, after, form);
    else this.#compareLists(path, before, after, form);
    return false;
  }

  #compareWhole(path: Path, before: Side, after: Side): void {
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
    else if (!deepEqual(before, after)) this.modified.insert(path);
  }

  #compareMaps(path: Path, before: Side, after: Side, map: MapAtom): void {
    const [from, to] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      this.compare([...path, fieldElement(key)], own(from, key), own(to, key), fieldOf(map, key));
    }
  }

  #compareLists(path: Path, before: Side, after: Side, list: ListAtom): void {
    const [from, to] = [groupItems(before, list), groupItems(after, list)];
    for (const element of new Set([...from.keys(), ...to.keys()])) {
      this.#compareItems([...path, element], from.get(element) ?? [], to.get(element) ?? [], list);
    }
  }

  /** Items of one key, usually one on each side. Duplicates are compared as a whole and owned without what is in them. */
  #compareItems(path: Path, before: JsonValue[], after: JsonValue[], list: ListAtom): void {
    if (before.length <= 1 && after.length <= 1) this.compare(path, before[0], after[0], list.items);
    else if (before.length <= 1) {
      if (before.length > 0) this.compare(path, before[0], undefined, list.items);
      this.added.insert(path);
    } else if (after.length <= 1) {
      if (after.length > 0) this.compare(path, undefined, after[0], list.items);
      this.removed.insert(path);
    } else if (!deepEqual(before, after)) this.modified.insert(path);
  }
}

/** Empty, null, absent, or of another form: nothing to descend into. */
export function isBare(value: Side, form: Form): boolean {
  if (form.form === 'list') return !Array.isArray(value) || value.length === 0;
  return form.form === 'map' ? !isObject(value) || Object.keys(value).length === 0 : !isScalar(value);
}

function groupItems(list: Side, atom: ListAtom): Map<Element, JsonValue[]> {
  const groups = new Map<Element, JsonValue[]>();
  for (const item of Array.isArray(list) ? list : []) {
    const found = atom.element(item);
    if ('element' in found) groups.set(found.element, [...(groups.get(found.element) ?? []), item]);
  }
  return groups;
}
