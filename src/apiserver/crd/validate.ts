import { compileRules } from '../cel/rules.ts';
import type { KubeObject } from '../object.ts';
import { customResourceSchema } from '../schema/built-in.ts';
import { objectAt, stringAt } from '../schema/json.ts';
import type { JsonObject, Schema } from '../schema/types.ts';
import { type FieldError, fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired } from '../status-error.ts';
import { declaredSchema, groupOfCrd, namesOf, versionsOf } from './definition.ts';
import { scaleErrors } from './scale-paths.ts';

/** What a CustomResourceDefinition must be beyond its own schema: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation. */
export const validateDefinition = (crd: KubeObject, old: KubeObject | undefined): FieldError[] => {
  const versions = versionsOf(crd);
  return [
    ...nameErrors(crd),
    ...storageErrors(versions),
    ...versions.flatMap((version, at) => versionErrors(crd, version, at, versions)),
    ...(old ? immutable(crd, old) : []),
  ];
};

const nameErrors = (crd: KubeObject): FieldError[] => {
  const { plural } = namesOf(crd);
  const { name = '' } = crd.metadata;
  const scope = objectAt(crd, 'spec').scope ?? '';
  const scopes = ['Cluster', 'Namespaced'];
  const misnamed =
    name === `${plural}.${groupOfCrd(crd)}`
      ? []
      : [fieldInvalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
  return scopes.includes(String(scope)) ? misnamed : [...misnamed, fieldNotSupported('spec.scope', scope, scopes)];
};

const storageErrors = (versions: readonly JsonObject[]): FieldError[] => {
  const storing = versions.filter(({ storage }) => storage === true).length;
  if (storing === 1) return [];
  return [
    fieldInvalid(
      'spec.versions',
      versions.map(({ name = '' }) => name),
      'must have exactly one version marked as storage version',
    ),
  ];
};

const versionErrors = (crd: KubeObject, version: JsonObject, at: number, all: readonly JsonObject[]): FieldError[] => {
  const field = `spec.versions[${at}]`;
  const name = stringAt(version, 'name');
  const repeated = all.findIndex(other => other.name === version.name) < at;
  const errors = [...(repeated ? [fieldDuplicate(`${field}.name`, name)] : []), ...scaleErrors(version, field)];
  const schema = declaredSchema(version);
  if (!schema) return [...errors, fieldRequired(`${field}.schema.openAPIV3Schema`)];
  const structural = rootErrors(schema, `${field}.schema.openAPIV3Schema`);
  if (structural.length > 0) return [...errors, ...structural];
  const { problems } = compileRules(
    customResourceSchema(schema, { group: groupOfCrd(crd), version: name, kind: namesOf(crd).kind }),
  );
  return [
    ...errors,
    ...problems.map(problem => fieldInvalid(`${field}.schema.${problem.field}`, problem.rule, problem.message)),
  ];
};

const rootErrors = (schema: Schema, field: string): FieldError[] => {
  if (schema.type === undefined) return [fieldRequired(`${field}.type`, 'must not be empty at the root')];
  if (schema.type !== 'object') return [fieldInvalid(`${field}.type`, schema.type, 'must be object at the root')];
  return [...structuralErrors(schema, field)];
};

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema */
function* structuralErrors(schema: Schema, field: string): Generator<FieldError> {
  const { type, properties, additionalProperties, items } = schema;
  const open = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (type === undefined && !open)
    yield fieldRequired(`${field}.type`, 'must not be empty for specified object fields');
  if (type === 'array' && !items) yield fieldRequired(`${field}.items`, 'must be specified');
  if (properties && additionalProperties !== undefined && additionalProperties !== false) {
    yield {
      field: `${field}.additionalProperties`,
      reason: 'FieldValueForbidden',
      message: 'Forbidden: additionalProperties and properties are mutual exclusive',
    };
  }
  for (const [name, property] of Object.entries(properties ?? {})) {
    // The server adds what metadata is; a CRD may say of it only which names it takes.
    if (field.endsWith('openAPIV3Schema') && ['apiVersion', 'kind', 'metadata'].includes(name)) continue;
    yield* structuralErrors(property, `${field}.properties[${name}]`);
  }
  if (typeof additionalProperties === 'object')
    yield* structuralErrors(additionalProperties, `${field}.additionalProperties`);
  if (items) yield* structuralErrors(items, `${field}.items`);
}

const immutable = (crd: KubeObject, old: KubeObject): FieldError[] =>
  ['group', 'scope'].flatMap(field => {
    const [now, before] = [objectAt(crd, 'spec')[field], objectAt(old, 'spec')[field]];
    return now === before ? [] : [fieldInvalid(`spec.${field}`, now, 'field is immutable')];
  });
