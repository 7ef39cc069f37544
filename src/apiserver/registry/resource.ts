import { joinApiVersion, type KubeObject } from '../object.ts';
import type { Column, ObjectSchema } from '../schema/types.ts';
import type { FieldError, Subject } from '../status-error.ts';
import { groupOf, resourceKey } from '../store/record.ts';

/** Where the scale subresource finds its numbers; dotted paths as in a CRD (`.spec.replicas`). */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/**
 * Rules beyond the schema, compiled: CEL. `old` is absent on creation. Rules may rest on the
 * schema: of an object that breaks it (`errors`) badly they say only that they were not checked.
 */
export type RuleCheck = (
  object: KubeObject,
  old: KubeObject | undefined,
  errors: readonly FieldError[],
) => FieldError[];

/** One version of a resource. */
export interface ResourceVersion {
  readonly version: string;
  readonly served: boolean;
  /** `undefined`: the object is stored as it comes. */
  readonly schema: ObjectSchema | undefined;
  readonly columns: readonly Column[];
  /** Whether `/status` is a resource of its own, so that other writes leave `status` alone and the reverse. */
  readonly status: boolean;
  readonly scale?: ScalePaths;
  readonly checkRules?: RuleCheck;
  readonly deprecationWarning?: string;
}

/** Which names an object may have; see k8s.io/apimachinery/pkg/api/validation. */
export type NameRule = 'subdomain' | 'label' | 'rfc1035' | 'path-segment';

/** One resource as data: all the core knows of a kind. Built-in ones are registered at start, those of CRDs come and go. */
export interface Resource {
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly nameRule: NameRule;
  /** The first is the one clients should prefer. */
  readonly versions: readonly ResourceVersion[];
  readonly storageVersion: string;
  /** Whether `metadata.generation` counts changes of what is neither metadata nor status. */
  readonly countsGenerations: boolean;
  /** Whether an update without resourceVersion overwrites; custom resources refuse it. */
  readonly unconditionalUpdate: boolean;
  /** Field selectors besides metadata.name and metadata.namespace. */
  readonly selectableFields: readonly string[];
  /** Verbs besides the usual eight are not served; a resource that only answers a POST lists `create`. */
  readonly verbs: readonly string[];
  /** Subresources served by a plug-in, for discovery: `token`, `finalize`. */
  readonly extraSubresources: readonly string[];
  /** Objects are being removed with their definition: no new ones. */
  readonly terminating: boolean;
  /** Where objects are stored, when not under the resource's own name: two groups may serve the same objects. */
  readonly storedAs?: string;
  /** Rewrites an object for another version. Absent: only `apiVersion` differs. */
  readonly convert?: (object: KubeObject, apiVersion: string) => KubeObject;
}

export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;

export const storageKey = (resource: Resource): string =>
  resource.storedAs ?? resourceKey(resource.group, resource.plural);

/** The apiVersion in which objects of this resource are stored. */
export const storedApiVersion = (resource: Resource): string =>
  joinApiVersion(groupOf(storageKey(resource)), resource.storageVersion);

export const subjectOf = (resource: Resource): Subject => ({ group: resource.group, resource: resource.plural });

/** The subject of an Invalid error, which names the kind. */
export const kindSubjectOf = (resource: Resource): Subject => ({ group: resource.group, resource: resource.kind });

/** Names of the subresources that the core serves for this version, and those of plug-ins. */
export const subresourcesOf = (resource: Resource, version: ResourceVersion): string[] => [
  ...(version.status ? ['status'] : []),
  ...(version.scale ? ['scale'] : []),
  ...resource.extraSubresources,
];

/** The object in another version of its resource. */
export const convertTo = (resource: Resource, object: KubeObject, apiVersion: string): KubeObject => {
  if (object.apiVersion === apiVersion) return object;
  return resource.convert ? resource.convert(object, apiVersion) : { ...object, apiVersion };
};
