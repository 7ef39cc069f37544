/**
 * Shapes shared by the schema machinery of the embedded Kubernetes API. Everything in this folder is pure and knows no
 * kind by name; built-in kinds and custom resources go through the same code, as an `ObjectSchema`.
 *
 *   built-in.ts        schemas of built-in kinds, and of custom resources from their CRD
 *   prune.ts, defaults.ts, validate.ts
 *                      what a write goes through, in this order
 *   managed-fields.ts  server-side apply, and who owns what after any other write
 *   patch/             JSON patch, JSON merge patch, strategic merge patch
 *   openapi/           the documents kubectl explain and apply read
 *   table/             the columns of kubectl get
 */

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

export interface GroupVersionKind {
  /** Empty for the core group. */
  group: string;
  version: string;
  kind: string;
}

/** The OpenAPI v3 subset of structural schemas with Kubernetes' extensions. https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy */
export interface Schema {
  /** `#/components/schemas/NAME`; its siblings (description, default) go before those of the target. */
  $ref?: string;
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  nullable?: boolean;
  default?: JsonValue;
  enum?: JsonValue[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minProperties?: number;
  maxProperties?: number;
  required?: string[];
  properties?: { [name: string]: Schema };
  additionalProperties?: Schema | boolean;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'atomic' | 'granular';
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-group-version-kind'?: GroupVersionKind[];
  'x-kubernetes-validations'?: ValidationRule[];
}

/** One CEL rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/** Finds a named definition, by the name after `#/components/schemas/`. */
export type Definitions = (name: string) => Schema | undefined;

/** The schema of one kind with what its references need. */
export interface ObjectSchema {
  root: Schema;
  definitions: Definitions;
  /** Built-in kinds: a null field means an absent one, as Go's decoder has it. Custom resources keep nulls that are `nullable`. */
  nullMeansAbsent: boolean;
}

/** Reasons as in `metav1.StatusCause.reason`. */
export type FieldErrorReason =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'FieldValueForbidden';

/** One invalid field. A Status shows `${field}: ${message}`; each is one of its `details.causes`. */
export interface FieldError {
  /** `spec.ports[0].port`; `<nil>` for the object itself. */
  field: string;
  /** `Invalid value: "x": must be …` */
  message: string;
  reason: FieldErrorReason;
}

/** What every write says about its writer. */
export interface WriteContext {
  /** The stored object; absent on creation. */
  live?: JsonObject;
  schema: ObjectSchema;
  /** `fieldManager` of the request, or the first part of the user agent. */
  manager: string;
  /** `status`, `scale`; absent for the object itself. */
  subresource?: string;
  /** The kind has a status subresource: writes to the object leave `status` alone, writes to the subresource all else. */
  hasStatus?: boolean;
  /** RFC 3339, whole seconds. */
  time: string;
}

/** A PATCH of type application/apply-patch+yaml. */
export interface ApplyRequest extends WriteContext {
  /** The applied configuration, decoded. */
  applied: JsonObject;
  force: boolean;
}

/** A field that another manager owns with another value. */
export interface ApplyConflict {
  manager: string;
  subresource?: string;
  /** Of the other manager's entry. */
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  /** `.spec.containers[name="app"].image` */
  field: string;
}

/**
 * `object` carries the new managedFields; when `changed` is false it equals the live object and nothing needs storing.
 * A conflict becomes a 409 whose message and causes are ready made; an invalid request a 400.
 */
export type ApplyResult =
  | { kind: 'applied'; object: JsonObject; changed: boolean }
  | { kind: 'conflict'; conflicts: ApplyConflict[]; message: string; causes: FieldManagerConflictCause[] }
  | { kind: 'invalid'; message: string };

export interface FieldManagerConflictCause {
  reason: 'FieldManagerConflict';
  /** `conflict with "kubectl-client-side-apply" using apps/v1` */
  message: string;
  field: string;
}

/** Any other write: create, update, or the result of a patch. */
export interface UpdateRequest extends WriteContext {
  /** The object as it is to be stored, after pruning, defaulting and admission; its managedFields as the client sent them. */
  updated: JsonObject;
}

/** `invalid`: the patch itself is malformed (400). `unprocessable`: it does not fit this object (422). */
export type PatchResult =
  | { kind: 'patched'; value: JsonValue }
  | { kind: 'invalid' | 'unprocessable'; message: string };

/** One served resource, as discovery and OpenAPI describe it. */
export interface ServedResource extends GroupVersionKind {
  plural: string;
  listKind: string;
  namespaced: boolean;
  /** `status`, `scale`. */
  subresources: readonly string[];
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`. */
  verbs: readonly string[];
  schema: ObjectSchema;
}

/** A column of `kubectl get`. Its cell comes from `path`, or from `cell` where a path cannot say it. */
export interface Column {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format: string;
  description: string;
  /** 0: always shown; 1: with `-o wide`. */
  priority: number;
  /** `now` in milliseconds since the epoch, for ages. */
  cell: (object: JsonObject, now: number) => JsonValue;
}

/** One of a CRD version's `additionalPrinterColumns`. */
export interface PrinterColumn {
  name: string;
  type: string;
  jsonPath: string;
  format?: string;
  description?: string;
  priority?: number;
}

export interface TableRequest {
  columns: readonly Column[];
  objects: readonly JsonObject[];
  /** `includeObject` of the request. */
  include: 'None' | 'Metadata' | 'Object';
  /** The list's own metadata: resourceVersion, continue, remainingItemCount. */
  listMeta: JsonObject;
  /** Milliseconds since the epoch. */
  now: number;
}
