import type { z } from 'zod';
import type { CustomResourceDefinition, PrinterColumn } from './builtin/apiextensions.ts';
import { apiVersionOf, type KubeObject, type ResourceType } from './meta.ts';
import { failure, type Result, success } from './result.ts';
import { type CelRule, type StructuralSchema, structuralSchema } from './structural-schema.ts';

/** What an object of a kind looks like, from the schemas of its spec and status. */
export type KindObject<Spec extends z.ZodType, Status extends z.ZodType> = KubeObject & {
  spec: z.infer<Spec>;
  status?: z.infer<Status>;
};

export interface KindDefinition<Spec extends z.ZodType, Status extends z.ZodType> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** Defaults to the kind in lower case. */
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  readonly description: string;
  readonly spec: Spec;
  readonly status: Status;
  readonly printerColumns: readonly PrinterColumn[];
  /** CEL rules at the root, the only place that sees `self.metadata.name`. */
  readonly rules?: readonly CelRule[];
}

/** What is wrong with a field: `spec.cidrBlock` and a sentence. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

/** A kind of ours, from which its TypeScript type, its CustomResourceDefinition and its validation derive. */
export interface Kind<T extends KubeObject> {
  readonly type: ResourceType<T>;
  crd(): CustomResourceDefinition;
  /**
   * The same object, typed, when its spec holds. Extra fields stay. Status is not looked at: it is ours to write.
   * Rules about changes and about several fields are the API server's alone. Throws when given an object of another kind.
   */
  parse(object: KubeObject): Result<T, readonly FieldProblem[]>;
}

/** The TypeScript type of a kind's objects: `ObjectOf<typeof projectKind>`. */
export type ObjectOf<K> = K extends Kind<infer T> ? T : never;

const fieldPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`), 'spec');

const problemsOf = (error: z.ZodError): FieldProblem[] =>
  error.issues.map(issue => ({ field: fieldPath(issue.path), problem: issue.message }));

const rootSchema = (definition: KindDefinition<z.ZodType, z.ZodType>): StructuralSchema => ({
  type: 'object',
  description: definition.description,
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec: { ...structuralSchema(definition.spec, `${definition.kind}.spec`), description: 'What is wanted.' },
    status: {
      ...structuralSchema(definition.status, `${definition.kind}.status`),
      description: 'What is there, as the controllers last saw it.',
    },
  },
  ...(definition.rules ? { 'x-kubernetes-validations': definition.rules } : {}),
});

const names = (definition: KindDefinition<z.ZodType, z.ZodType>): CustomResourceDefinition['spec']['names'] => ({
  kind: definition.kind,
  listKind: `${definition.kind}List`,
  plural: definition.plural,
  singular: definition.singular ?? definition.kind.toLowerCase(),
  ...(definition.shortNames ? { shortNames: [...definition.shortNames] } : {}),
  ...(definition.categories ? { categories: [...definition.categories] } : {}),
});

const buildCrd = (definition: KindDefinition<z.ZodType, z.ZodType>): CustomResourceDefinition => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${definition.plural}.${definition.group}` },
  spec: {
    group: definition.group,
    names: names(definition),
    scope: definition.namespaced ? 'Namespaced' : 'Cluster',
    versions: [
      {
        name: definition.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [...definition.printerColumns],
        schema: { openAPIV3Schema: rootSchema(definition) },
      },
    ],
  },
});

export const defineKind = <Spec extends z.ZodType, Status extends z.ZodType>(
  definition: KindDefinition<Spec, Status>,
): Kind<KindObject<Spec, Status>> => {
  const { group, version, kind, plural, namespaced } = definition;
  const type: ResourceType<KindObject<Spec, Status>> = { group, version, kind, plural, namespaced };
  return {
    type,
    crd: () => buildCrd(definition),
    parse: object => {
      if (object.apiVersion !== apiVersionOf(type) || object.kind !== kind)
        throw new TypeError(`${kind} was given ${object.apiVersion} ${object.kind}`);
      const { success: isValid, error } = definition.spec.safeParse('spec' in object ? object.spec : undefined);
      return isValid ? success(object as KindObject<Spec, Status>) : failure(problemsOf(error));
    },
  };
};
