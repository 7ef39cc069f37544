import protobuf from 'protobufjs/minimal.js';
import { isObject } from '../schema/json.ts';
import type { JsonObject, JsonValue } from '../schema/types.ts';
import { type Field, fieldOf, messageOf } from './messages.ts';
import { wellKnown } from './well-known.ts';

/**
 * Decodes what Kubernetes' typed clients send: `k8s\0`, then a runtime.Unknown that names the kind and holds its message.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding. Throws on anything else.
 */
export const decodeKubernetes = (bytes: Uint8Array): JsonObject => {
  if (bytes.length < 4 || Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== 'k8s\0') {
    throw new Error('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const { apiVersion, kind, raw } = decodeUnknown(bytes.subarray(4));
  const message = messageOf(apiVersion, kind);
  if (message === undefined) throw new Error(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return { apiVersion, kind, ...decodeMessage(raw, message) };
};

type Reader = protobuf.Reader;

const readerOf = (bytes: Uint8Array): Reader => protobuf.Reader.create(bytes);

/** Calls `visit` with each field's number; what it does not read is skipped. */
const eachField = (bytes: Uint8Array, visit: (number: number, reader: Reader) => boolean): void => {
  const reader = readerOf(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!visit(tag >>> 3, reader)) reader.skipType(tag & 7);
  }
};

const decodeUnknown = (bytes: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } => {
  const type = ['', ''];
  let raw: Uint8Array = new Uint8Array();
  eachField(bytes, (number, reader) => {
    if (number === 2) raw = reader.bytes();
    else if (number !== 1) return false;
    else
      eachField(reader.bytes(), (at, inner) => {
        type[at - 1] = inner.string();
        return true;
      });
    return true;
  });
  const [apiVersion = '', kind = ''] = type;
  return { apiVersion, kind, raw };
};

const decodeMessage = (bytes: Uint8Array, message: string): JsonObject => {
  const object: JsonObject = {};
  eachField(bytes, (number, reader) => {
    const field = fieldOf(message, number);
    if (!field) return false;
    set(object, field, reader);
    return true;
  });
  return object;
};

const set = (object: JsonObject, field: Field, reader: Reader): void => {
  const { json, rule } = field;
  if (rule === 'map') {
    const known = object[json];
    object[json] = { ...(isObject(known) ? known : {}), ...readEntry(reader.bytes(), field.type) };
    return;
  }
  const value = readValue(reader, field.type);
  if (rule === 'repeated') {
    const known = object[json];
    object[json] = [...(Array.isArray(known) ? known : []), value ?? null];
  } else if (json === '') Object.assign(object, value);
  else if (value !== undefined && (field.zero || !isZero(value))) object[json] = value;
};

/** One entry of a map is a message of its own: 1 is the key, 2 the value. */
const readEntry = (bytes: Uint8Array, type: string): JsonObject => {
  let key = '';
  let value: JsonValue | undefined;
  eachField(bytes, (number, reader) => {
    if (number === 1) key = reader.string();
    else value = readValue(reader, type);
    return true;
  });
  return { [key]: value ?? '' };
};

const readValue = (reader: Reader, type: string): JsonValue | undefined => {
  switch (type) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'uint32':
      return reader.uint32();
    case 'int64':
      return Number(reader.int64());
    case 'double':
      return reader.double();
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    default:
      return readMessage(reader.bytes(), type);
  }
};

const readMessage = (bytes: Uint8Array, type: string): JsonValue | undefined => {
  const special = wellKnown.get(type);
  return special ? special(decodePlain(bytes)) : decodeMessage(bytes, type);
};

/** The fields of a well-known message by number; all of them are integers or bytes. */
const decodePlain = (bytes: Uint8Array): Map<number, number | Uint8Array> => {
  const fields = new Map<number, number | Uint8Array>();
  const reader = readerOf(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    fields.set(tag >>> 3, (tag & 7) === 0 ? Number(reader.int64()) : reader.bytes());
  }
  return fields;
};

const isZero = (value: JsonValue): boolean =>
  value === '' || value === 0 || value === false || (isObject(value) && Object.keys(value).length === 0);
