/**
 * Strategic merge patch: lists merge as the schema's patch strategies say, and directives in the patch delete, replace
 * and order. https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
import { deepEqual, isObject, own, put } from '../json.ts';
import { fieldSchema, itemSchema, resolve } from '../node.ts';
import type { Definitions, JsonObject, JsonValue, ObjectSchema, PatchResult, Schema } from '../types.ts';
import { directives, PatchProblem, plain, takeDirectives } from './directives.ts';
import { enforceOrder, ordered } from './list-order.ts';

/** `target` and `patch` are not changed. */
export function strategicMergePatch(
  target: JsonObject,
  patch: JsonObject,
  { root, definitions }: ObjectSchema,
): PatchResult {
  try {
    return { kind: 'patched', value: mergeMaps(target, patch, resolve(root, definitions), definitions) };
  } catch (error) {
    if (error instanceof PatchProblem) return { kind: 'invalid', message: error.message };
    throw error;
  }
}

interface Field {
  node: Schema | undefined;
  /** `merge`, `replace` or none; for a list without `merge`, the patch's list replaces. */
  merges: boolean;
  replaces: boolean;
  mergeKey: string | undefined;
}

function fieldOf(node: Schema | undefined, key: string, definitions: Definitions): Field {
  const schema = node && fieldSchema(node, key);
  const found = schema && resolve(schema, definitions);
  const strategies = found?.['x-kubernetes-patch-strategy']?.split(',') ?? [];
  return {
    node: found,
    merges: strategies.includes('merge'),
    replaces: strategies.includes('replace'),
    mergeKey: found?.['x-kubernetes-patch-merge-key'],
  };
}

function mergeMaps(
  original: JsonObject,
  patch: JsonObject,
  node: Schema | undefined,
  definitions: Definitions,
): JsonObject {
  const { directive, retained, orders, deletions, fields } = takeDirectives(patch);
  if (directive === 'delete') return {};
  if (directive === 'replace') return plainObject(fields);
  const merged = retained ? retain(original, fields, retained) : { ...original };
  for (const [key, value] of Object.entries(fields)) {
    mergeField(merged, key, value, fieldOf(node, key, definitions), definitions, orders.get(key));
  }
  for (const [key, order] of orders)
    if (!Object.hasOwn(fields, key)) reorder(merged, key, order, fieldOf(node, key, definitions));
  for (const [key, values] of deletions) deletePrimitives(merged, key, values);
  return merged;
}

const plainObject = (fields: JsonObject): JsonObject => {
  const value = plain(fields);
  return isObject(value) ? value : {};
};

/** `$retainKeys` names every field that may stay; the patch must not set others. */
function retain(original: JsonObject, fields: JsonObject, retained: readonly JsonValue[]): JsonObject {
  const stray = Object.keys(fields).find(key => fields[key] !== null && !retained.includes(key));
  if (stray !== undefined)
    throw new PatchProblem(`${directives.retainKeys} does not list ${JSON.stringify(stray)}, which the patch sets`);
  return Object.fromEntries(Object.entries(original).filter(([key]) => retained.includes(key)));
}

function mergeField(
  merged: JsonObject,
  key: string,
  value: JsonValue,
  field: Field,
  definitions: Definitions,
  order: readonly JsonValue[] | undefined,
): void {
  if (value === null) {
    delete merged[key];
    return;
  }
  const next = mergeValue(own(merged, key), value, field, definitions, order);
  if (next === undefined) delete merged[key];
  else put(merged, key, next);
}

function mergeValue(
  before: JsonValue | undefined,
  value: JsonValue,
  field: Field,
  definitions: Definitions,
  order: readonly JsonValue[] | undefined,
): JsonValue | undefined {
  if (isObject(before) && isObject(value)) {
    return field.replaces ? plain(value) : mergeMaps(before, value, field.node, definitions);
  }
  if (!Array.isArray(value)) return plain(value);
  if (!order && !(Array.isArray(before) && field.merges)) return plain(value);
  const original = Array.isArray(before) ? before : [];
  const merged = field.merges ? mergeLists(original, value, field, definitions) : asList(plain(value));
  return order ? enforceOrder(merged, order, original, value, field.mergeKey) : merged;
}

const asList = (value: JsonValue | undefined): JsonValue[] => (Array.isArray(value) ? value : []);

function mergeLists(original: JsonValue[], patch: JsonValue[], field: Field, definitions: Definitions): JsonValue[] {
  const key = field.mergeKey;
  if (![...original, ...patch].some(isObject)) {
    const all = [...new Set([...original, ...patch])];
    return ordered(all, patch, original, undefined);
  }
  if (key === undefined) throw new PatchProblem('lists of objects cannot be merged without a merge key');
  const { rest, items, replace } = applyItemDirectives(original, patch, key);
  if (replace) return asList(plain(items));
  const node = field.node && resolve(itemSchema(field.node), definitions);
  const merged = [...rest];
  for (const item of items) {
    const at = merged.findIndex(each => isObject(each) && deepEqual(own(each, key), own(item, key)));
    const before = merged[at];
    if (isObject(before)) merged[at] = mergeMaps(before, item, node, definitions);
    else merged.push(plainObject(item));
  }
  return ordered(merged, items, rest, key);
}

interface ItemDirectives {
  /** The original items that the patch does not delete. */
  rest: JsonValue[];
  /** The items to merge. */
  items: JsonObject[];
  /** The patch's items take the place of all. */
  replace: boolean;
}

function applyItemDirectives(original: JsonValue[], patch: JsonValue[], key: string): ItemDirectives {
  const result: ItemDirectives = { rest: original, items: [], replace: false };
  for (const item of patch) {
    if (!isObject(item)) throw new PatchProblem(`a list of objects is patched with ${JSON.stringify(item)}`);
    const directive = takeDirectives(item).directive;
    if (directive === 'replace') result.replace = true;
    else if (own(item, key) === undefined) {
      throw new PatchProblem(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    } else if (directive === 'delete') {
      result.rest = result.rest.filter(each => !(isObject(each) && deepEqual(own(each, key), own(item, key))));
    } else result.items.push(item);
  }
  return result;
}

/** `$setElementOrder` without items for its list: the patch only moves them. */
function reorder(merged: JsonObject, key: string, order: readonly JsonValue[], { mergeKey }: Field): void {
  const list = own(merged, key);
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new PatchProblem(`${directives.setElementOrder}${key} orders what is no list`);
  put(merged, key, enforceOrder(list, order, list, [], mergeKey));
}

function deletePrimitives(merged: JsonObject, key: string, values: readonly JsonValue[]): void {
  const list = own(merged, key);
  if (Array.isArray(list))
    put(
      merged,
      key,
      list.filter(item => !values.includes(item)),
    );
}
