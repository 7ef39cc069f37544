/** FieldsV1: the JSON of a field set. `{"f:spec":{".":{},"f:replicas":{}}}` holds spec itself and spec.replicas. */
import { isObject } from '../json.ts';
import type { JsonObject, JsonValue } from '../types.ts';
import { canonicalElement } from './element.ts';
import { child, type Element, type FieldSet, isEmpty, node } from './field-set.ts';

/** Throws a SyntaxError where the JSON is not FieldsV1. */
export function decodeFieldsV1(fields: JsonObject): FieldSet {
  return node('.' in fields, decodeChildren(fields));
}

function decodeChildren(fields: JsonObject): [Element, FieldSet][] {
  return Object.entries(fields)
    .filter(([key]) => key !== '.')
    .map(([key, value]) => [canonicalElement(key), decodeNode(value)]);
}

function decodeNode(value: JsonValue): FieldSet {
  if (!isObject(value)) throw new SyntaxError('FieldsV1 holds only objects');
  const decoded = decodeFieldsV1(value);
  return isEmpty(decoded) ? { ...decoded, member: true } : decoded;
}

export function encodeFieldsV1(set: FieldSet): JsonObject {
  const encoded: JsonObject = set.member && set.children.size > 0 ? { '.': {} } : {};
  for (const element of [...set.children.keys()].sort()) encoded[element] = encodeFieldsV1(child(set, element));
  return encoded;
}
