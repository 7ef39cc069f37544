import { Environment } from '@marcbachmann/cel-js';
import type { StructuralSchema } from '../structural-schema.ts';

const environment = new Environment({ unlistedVariablesAreDyn: true });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The rules about changes are for changes only. */
const ownProblems = (schema: StructuralSchema, self: unknown, oldSelf: unknown): string[] =>
  (schema['x-kubernetes-validations'] ?? [])
    .filter(({ rule }) => oldSelf !== undefined || !rule.includes('oldSelf'))
    .filter(({ rule }) => environment.evaluate(rule, { self, oldSelf }) !== true)
    .map(({ message }) => message);

const childProblems = (schema: StructuralSchema, self: unknown, oldSelf: unknown): string[] => {
  const { items, properties } = schema;
  if (items && Array.isArray(self)) return self.flatMap(item => celProblems(items, item, undefined));
  if (!properties || !isObject(self)) return [];
  const old = isObject(oldSelf) ? oldSelf : {};
  return Object.entries(properties).flatMap(([name, child]) =>
    self[name] === undefined ? [] : celProblems(child, self[name], old[name]),
  );
};

/** What an API server would answer by the schema's CEL rules: their messages. */
export const celProblems = (schema: StructuralSchema, self: unknown, oldSelf: unknown): string[] => [
  ...ownProblems(schema, self, oldSelf),
  ...childProblems(schema, self, oldSelf),
];

/** The paths of fields that the schema does not have, which `kubectl apply` refuses. */
export const unknownFields = (schema: StructuralSchema, value: unknown, path: string): string[] => {
  const { items, properties } = schema;
  if (items && Array.isArray(value))
    return value.flatMap((item, index) => unknownFields(items, item, `${path}[${index}]`));
  if (!properties || !isObject(value)) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const known = properties[name];
    return known ? unknownFields(known, child, `${path}.${name}`) : [`${path}.${name}`];
  });
};
