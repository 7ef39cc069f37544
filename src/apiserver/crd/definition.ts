import { compileRules } from '../cel/rules.ts';
import { joinApiVersion, type KubeObject } from '../object.ts';
import { compareVersions } from '../registry/registry.ts';
import {
  allVerbs,
  type Resource,
  type ResourceVersion,
  type RuleCheck,
  type ScalePaths,
} from '../registry/resource.ts';
import { customResourceSchema } from '../schema/built-in.ts';
import { arrayAt, isObject, objectAt, stringAt, stringsAt } from '../schema/json.ts';
import { customColumns } from '../schema/table/custom-columns.ts';
import type { JsonObject, JsonValue, PrinterColumn, Schema } from '../schema/types.ts';

export const crdStorage = 'apiextensions.k8s.io/customresourcedefinitions';

export interface Names {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

export const namesOf = (crd: KubeObject): Names => {
  const names = objectAt(objectAt(crd, 'spec'), 'names');
  const kind = stringAt(names, 'kind');
  return {
    plural: stringAt(names, 'plural'),
    singular: stringAt(names, 'singular') || kind.toLowerCase(),
    kind,
    listKind: stringAt(names, 'listKind') || `${kind}List`,
    shortNames: stringsAt(names, 'shortNames'),
    categories: stringsAt(names, 'categories'),
  };
};

export const groupOfCrd = (crd: KubeObject): string => stringAt(objectAt(crd, 'spec'), 'group');

export const versionsOf = (crd: KubeObject): JsonObject[] =>
  arrayAt(objectAt(crd, 'spec'), 'versions').filter(isObject);

/** The `openAPIV3Schema` of one of the CRD's versions. */
export const declaredSchema = (version: JsonObject): Schema | undefined => {
  const declared = objectAt(version, 'schema').openAPIV3Schema;
  // The CRD has been validated against the schema of JSONSchemaProps, which is what Schema says.
  return isObject(declared) ? (declared as Schema) : undefined;
};

/** The resource a CustomResourceDefinition defines. */
export const toResource = (crd: KubeObject): Resource => {
  const spec = objectAt(crd, 'spec');
  const group = groupOfCrd(crd);
  const names = namesOf(crd);
  const versions = versionsOf(crd);
  const sorted = [...versions].sort((a, b) => compareVersions(nameOf(a), nameOf(b)));
  return {
    group,
    ...names,
    namespaced: spec.scope !== 'Cluster',
    nameRule: 'subdomain',
    versions: sorted.map(version => toVersion(group, names.kind, version)),
    storageVersion: nameOf(versions.find(({ storage }) => storage === true) ?? {}),
    countsGenerations: true,
    unconditionalUpdate: false,
    selectableFields: [...new Set(versions.flatMap(selectablePaths))],
    verbs: allVerbs,
    extraSubresources: [],
    terminating: crd.metadata.deletionTimestamp !== undefined,
  };
};

const nameOf = (version: JsonValue): string => stringAt(version, 'name');

const toVersion = (group: string, kind: string, declared: JsonObject): ResourceVersion => {
  const version = nameOf(declared);
  const schema = customResourceSchema(declaredSchema(declared), { group, version, kind });
  const subresources = objectAt(declared, 'subresources');
  const scale = scaleOf(subresources);
  // Compiled when first needed: a server may know hundreds of rules and be asked for none.
  let rules: { check?: RuleCheck } | undefined;
  return {
    version,
    served: declared.served === true,
    schema,
    columns: customColumns(printerColumns(declared)),
    status: isObject(subresources.status),
    ...(scale && { scale }),
    ...(declared.deprecated === true && { deprecationWarning: deprecation(declared, group, version, kind) }),
    checkRules(object, old, errors) {
      rules ??= compileRules(schema);
      return rules.check?.(object, old, errors) ?? [];
    },
  };
};

const deprecation = (declared: JsonObject, group: string, version: string, kind: string): string =>
  stringAt(declared, 'deprecationWarning') || `${joinApiVersion(group, version)} ${kind} is deprecated`;

const scaleOf = (subresources: JsonObject): ScalePaths | undefined => {
  const { scale } = subresources;
  const specReplicasPath = stringAt(scale, 'specReplicasPath');
  const statusReplicasPath = stringAt(scale, 'statusReplicasPath');
  if (!specReplicasPath || !statusReplicasPath) return undefined;
  const labelSelectorPath = stringAt(scale, 'labelSelectorPath');
  return { specReplicasPath, statusReplicasPath, ...(labelSelectorPath && { labelSelectorPath }) };
};

/** `undefined` when the version declares none, so that it gets the usual ones. */
const printerColumns = (declared: JsonObject): PrinterColumn[] | undefined => {
  const columns = arrayAt(declared, 'additionalPrinterColumns').filter(isObject).map(toColumn);
  return columns.length > 0 ? columns : undefined;
};

const toColumn = (column: JsonObject): PrinterColumn => ({
  name: stringAt(column, 'name'),
  type: stringAt(column, 'type') || 'string',
  jsonPath: stringAt(column, 'jsonPath'),
  ...(typeof column.format === 'string' && { format: column.format }),
  ...(typeof column.description === 'string' && { description: column.description }),
  ...(typeof column.priority === 'number' && { priority: column.priority }),
});

/** `.spec.color` → `spec.color`. */
const selectablePaths = (version: JsonObject): string[] =>
  arrayAt(version, 'selectableFields').flatMap(field => stringAt(field, 'jsonPath').replace(/^\./, '') || []);
