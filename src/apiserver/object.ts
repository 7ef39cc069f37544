/** The parts of an object that the core of the API looks at; everything else is opaque data. */

import type { JsonObject, JsonValue } from './schema/types.ts';

export interface OwnerReference extends JsonObject {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** `metav1.ObjectMeta`. Every field may be missing in what a client sends; the server fills in `name`, `uid` and the rest. */
export interface ObjectMeta extends JsonObject {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: JsonValue[];
}

export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

type Json = JsonValue | undefined;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object at `field`, or an empty one where the field is absent or of another type. */
export const objectAt = (value: Json, field: string): JsonObject => {
  const found = isObject(value) ? value[field] : undefined;
  return isObject(found) ? found : {};
};

/** The list at `field`, or an empty one. */
export const listAt = (value: Json, field: string): JsonValue[] => {
  const found = isObject(value) ? value[field] : undefined;
  return Array.isArray(found) ? found : [];
};

/** The strings of the list at `field`. */
export const stringsAt = (value: Json, field: string): string[] =>
  listAt(value, field).filter(item => typeof item === 'string');

/** The string at `field`, or `undefined`. */
export const stringAt = (value: Json, field: string): string | undefined => {
  const found = isObject(value) ? value[field] : undefined;
  return typeof found === 'string' ? found : undefined;
};

/** The number at `field`, or `undefined`. */
export const numberAt = (value: Json, field: string): number | undefined => {
  const found = isObject(value) ? value[field] : undefined;
  return typeof found === 'number' ? found : undefined;
};

const fieldsOf = (path: string): string[] => path.split('.').filter(Boolean);

/** The value at a dotted path such as `.spec.replicas` or `status.phase`. */
export const valueAt = (value: Json, path: string): Json =>
  fieldsOf(path).reduce<Json>((at, field) => (isObject(at) ? at[field] : undefined), value);

/** Sets the value at a dotted path, making the objects on the way. */
export const setAt = (target: JsonObject, path: string, value: JsonValue): void => {
  const fields = fieldsOf(path);
  const last = fields.pop();
  if (last === undefined) return;
  let at = target;
  for (const field of fields) {
    const next = at[field];
    const made: JsonObject = isObject(next) ? next : {};
    at[field] = made;
    at = made;
  }
  at[last] = value;
};

/** Splits `apiVersion`: `v1` → group `''`, `apps/v1` → group `apps`. */
export const splitApiVersion = (apiVersion: string): { group: string; version: string } => {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
};

export const joinApiVersion = (group: string, version: string): string => (group ? `${group}/${version}` : version);
