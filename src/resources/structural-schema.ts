import { z } from 'zod';

/** A rule in CEL, as `x-kubernetes-validations` carries it. `oldSelf` makes it a rule about changes. */
export interface CelRule {
  readonly rule: string;
  /** What is wrong and what to do about it: the API server shows exactly this. */
  readonly message: string;
}

/**
 * The part of OpenAPI v3 that a structural schema may use and that our kinds need.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export interface StructuralSchema {
  type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  description?: string;
  format?: string;
  enum?: readonly unknown[];
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  required?: readonly string[];
  properties?: Record<string, StructuralSchema>;
  items?: StructuralSchema;
  additionalProperties?: StructuralSchema;
  'x-kubernetes-validations'?: readonly CelRule[];
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: readonly string[];
}

const TYPES: readonly string[] = ['object', 'array', 'string', 'integer', 'number', 'boolean'];

const SCALARS = [
  'type',
  'description',
  'format',
  'enum',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'required',
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
] as const;

const KNOWN = new Set<string>([...SCALARS, 'properties', 'items', 'additionalProperties']);

/** zod bounds every integer to what a double holds exactly; that says nothing about the field. */
const isZodBound = (value: unknown): boolean => Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;

const asRecord = (value: unknown, path: string): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${path}: not a schema`);
  return { ...value };
};

/** Keeps what a structural schema may have and throws at anything else, so that no kind can be written that an API server would refuse. */
const toStructural = (value: unknown, path: string): StructuralSchema => {
  const node = asRecord(value, path);
  const unknown = Object.keys(node).find(key => !KNOWN.has(key));
  if (unknown) throw new TypeError(`${path}: ${unknown} is not allowed in a structural schema`);
  if (!TYPES.includes(String(node.type))) throw new TypeError(`${path}: a structural schema names one type`);
  const result: Record<string, unknown> = {};
  for (const key of SCALARS)
    if (node[key] !== undefined && !((key === 'minimum' || key === 'maximum') && isZodBound(node[key])))
      result[key] = node[key];
  return { ...(result as object as StructuralSchema), ...children(node, path) };
};

const children = (node: Record<string, unknown>, path: string): Partial<StructuralSchema> => {
  const found: Partial<StructuralSchema> = {};
  if (node.properties !== undefined) {
    const entries = Object.entries(asRecord(node.properties, path));
    found.properties = Object.fromEntries(
      entries.map(([name, child]) => [name, toStructural(child, `${path}.${name}`)]),
    );
  }
  if (node.items !== undefined) found.items = toStructural(node.items, `${path}[]`);
  if (node.additionalProperties !== undefined)
    found.additionalProperties = toStructural(node.additionalProperties, `${path}[*]`);
  return found;
};

/** The structural schema of a zod schema. `path` is for the message of the bug it throws. */
export const structuralSchema = (schema: z.ZodType, path: string): StructuralSchema =>
  toStructural(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }), path);
