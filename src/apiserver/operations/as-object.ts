import type { KubeObject, ObjectMeta } from '../object.ts';
import { isObject } from '../schema/json.ts';
import type { JsonObject, JsonValue } from '../schema/types.ts';
import { badRequest } from '../status-error.ts';

type Shape = 'string' | 'number' | 'list' | 'map';

const metadataShapes: Readonly<Record<string, Shape>> = {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  uid: 'string',
  resourceVersion: 'string',
  creationTimestamp: 'string',
  deletionTimestamp: 'string',
  selfLink: 'string',
  generation: 'number',
  deletionGracePeriodSeconds: 'number',
  finalizers: 'list',
  ownerReferences: 'list',
  managedFields: 'list',
  labels: 'map',
  annotations: 'map',
};

/**
 * Reads data as an object with the metadata every object has; null fields of metadata, and empty lists and maps, mean
 * absent ones. Throws 400 where metadata has fields of the wrong type, so that the core may rest on `ObjectMeta`.
 */
export const asObject = (data: JsonObject): KubeObject => {
  const { apiVersion, kind, metadata = {} } = data;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    throw badRequest("Object 'apiVersion' and 'kind' must be set");
  }
  if (metadata !== null && !isObject(metadata)) throw cannotUnmarshal('', metadata, 'ObjectMeta');
  return { ...data, apiVersion, kind, metadata: asMetadata(metadata ?? {}) };
};

const asMetadata = (metadata: JsonObject): ObjectMeta => {
  const present = Object.entries(metadata).filter(([, value]) => value !== null);
  for (const [field, value] of present) checkField(field, value);
  return Object.fromEntries(present.filter(([field, value]) => !isEmptyCollection(field, value)));
};

/** An empty list of managed fields says something: that the client wants nobody's writes remembered. */
const isEmptyCollection = (field: string, value: JsonValue): boolean => {
  const shape = metadataShapes[field];
  if (field === 'managedFields' || (shape !== 'list' && shape !== 'map')) return false;
  return Object.keys(value ?? {}).length === 0;
};

const checkField = (field: string, value: JsonValue): void => {
  const shape = metadataShapes[field];
  if (shape && shapeOf(value) !== shape) throw cannotUnmarshal(`.${field}`, value, shape);
  if (field === 'labels' || field === 'annotations') checkAll(field, Object.values(value ?? {}), 'string');
  if (field === 'finalizers') checkAll(field, Object.values(value ?? {}), 'string');
  if (field === 'ownerReferences') for (const owner of Object.values(value ?? {})) checkOwner(owner);
};

const checkAll = (field: string, values: readonly unknown[], shape: Shape): void => {
  for (const value of values) if (shapeOf(value) !== shape) throw cannotUnmarshal(`.${field}`, value, shape);
};

const checkOwner = (owner: unknown): void => {
  if (!isObject(owner)) throw cannotUnmarshal('.ownerReferences', owner, 'OwnerReference');
  checkAll('ownerReferences', [owner.apiVersion, owner.kind, owner.name, owner.uid], 'string');
};

const shapeOf = (value: unknown): string =>
  Array.isArray(value) ? 'list' : isObject(value) ? 'map' : value === null ? 'null' : typeof value;

const cannotUnmarshal = (field: string, value: unknown, wanted: string): Error =>
  badRequest(
    `json: cannot unmarshal ${shapeOf(value)} into Go struct field ObjectMeta.metadata${field} of type ${wanted}`,
  );
