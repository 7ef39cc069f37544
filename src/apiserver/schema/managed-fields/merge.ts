/** Merging an applied configuration into the live object: what it says wins, what it does not mention stays. */
import { isObject, own, put } from '../json.ts';
import type { Definitions, JsonObject, JsonValue, ObjectSchema, Schema } from '../types.ts';
import { fieldOf, formOf, type ListAtom, type MapAtom } from './atom.ts';
import { isBare } from './compare.ts';
import type { Element } from './field-set.ts';

type Side = JsonValue | undefined;

export function merge(live: JsonObject, applied: JsonObject, { root, definitions }: ObjectSchema): JsonObject {
  const merged = mergeValues(live, applied, root, definitions);
  return isObject(merged) ? merged : {};
}

/** Returns undefined where nothing is left of both. */
function mergeValues(live: Side, applied: Side, schema: Schema, definitions: Definitions): Side {
  const form = formOf(schema, applied === undefined ? live : applied, definitions);
  const whole = form.form === 'scalar' || form.atomic || (isBare(live, form) && isBare(applied, form));
  if (whole) return applied === undefined ? live : applied;
  return form.form === 'map'
    ? mergeMaps(isObject(live) ? live : {}, isObject(applied) ? applied : {}, form, definitions)
    : mergeLists(Array.isArray(live) ? live : [], Array.isArray(applied) ? applied : [], form, definitions);
}

function mergeMaps(live: JsonObject, applied: JsonObject, map: MapAtom, definitions: Definitions): Side {
  const merged: JsonObject = {};
  for (const key of new Set([...Object.keys(live), ...Object.keys(applied)])) {
    const value = mergeValues(own(live, key), own(applied, key), fieldOf(map, key), definitions);
    if (value !== undefined) put(merged, key, value);
  }
  return Object.keys(merged).length > 0 ? merged : undefined;
}

interface Entry {
  element: Element;
  value: JsonValue;
}

/** Applied items keep their order; live items keep their place between the items that both lists have. */
function mergeLists(live: JsonValue[], applied: JsonValue[], list: ListAtom, definitions: Definitions): Side {
  const [left, right] = [entriesOf(live, list), entriesOf(applied, list)];
  const merged = mergeOrder(left, right).flatMap(step => {
    // A live item that occurs more than once is not merged into: the applied one takes the place of all.
    const value =
      step.live !== undefined
        ? mergeValues(step.live, undefined, list.items, definitions)
        : mergeValues(left.unique.get(step.element), right.unique.get(step.element), list.items, definitions);
    return value === undefined ? [] : [value];
  });
  return merged.length > 0 ? merged : undefined;
}

interface Entries {
  list: Entry[];
  /** By element; null for what occurs more than once. */
  unique: Map<Element, JsonValue>;
}

function entriesOf(values: JsonValue[], list: ListAtom): Entries {
  const entries: Entries = { list: [], unique: new Map() };
  for (const value of values) {
    const found = list.element(value);
    if (!('element' in found)) continue;
    const { element } = found;
    entries.list.push({ element, value });
    entries.unique.set(element, entries.unique.has(element) ? null : value);
  }
  return entries;
}

/** One item of the merged list: a live item of its own, or an applied one (merged with the live item of its key). */
type Step = { element: Element; live?: JsonValue };

/**
 * The order of structured-merge-diff: items that both have follow the applied list; live items stand where they stood
 * relative to those; other applied items follow when the live ones are placed.
 */
function mergeOrder(left: Entries, right: Entries): Step[] {
  const steps: Step[] = [];
  const taken = new Set<Element>();
  const shared = right.list.map(({ element }) => element).filter(element => left.unique.has(element));
  let nextShared = shared.shift();
  let l = 0;
  let r = 0;
  while (l < left.list.length || r < right.list.length) {
    const a = left.list[l];
    const b = right.list[r];
    if (
      a &&
      b &&
      a.element !== b.element &&
      right.unique.has(a.element) &&
      nextShared !== undefined &&
      nextShared !== a.element
    ) {
      l++; // a shared item whose turn comes later
      continue;
    }
    if (a && !(b && a.element === b.element)) {
      if (!right.unique.has(a.element)) {
        steps.push({ element: a.element, live: a.value });
        l++;
        continue;
      }
      if (taken.has(a.element)) l++;
    }
    if (!b) continue;
    if (a?.element === b.element) l++;
    taken.add(b.element);
    steps.push({ element: b.element });
    r++;
    if (a?.element === b.element || nextShared === b.element) nextShared = shared.shift();
  }
  return steps;
}
