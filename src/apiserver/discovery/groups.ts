import { joinApiVersion } from '../object.ts';
import type { Registry } from '../registry/registry.ts';
import type { Resource, ResourceVersion } from '../registry/resource.ts';
import type { JsonObject } from '../schema/types.ts';

/** Unaggregated discovery: /api, /apis and below. https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api */

export const apiVersions = (): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
});

export const apiGroupList = (registry: Registry): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...registry.groups()].filter(([group]) => group !== '').map(([group, versions]) => groupOf(group, versions)),
});

export const apiGroup = (registry: Registry, group: string): JsonObject | undefined => {
  const versions = group === '' ? undefined : registry.groups().get(group);
  return versions && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) };
};

const groupOf = (group: string, versions: readonly string[]): JsonObject => {
  const entries = versions.map(version => ({ groupVersion: joinApiVersion(group, version), version }));
  return { name: group, versions: entries, preferredVersion: entries[0] ?? null };
};

export const apiResourceList = (registry: Registry, group: string, version: string): JsonObject | undefined => {
  const served = servedIn(registry, group, version);
  if (served.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: joinApiVersion(group, version),
    resources: served.flatMap(([resource, at]) => [asResource(resource), ...subresources(resource, at)]),
  };
};

export const servedIn = (registry: Registry, group: string, version: string): [Resource, ResourceVersion][] =>
  registry
    .all()
    .filter(resource => resource.group === group)
    .flatMap(resource =>
      resource.versions
        .filter(candidate => candidate.version === version && candidate.served)
        .map((candidate): [Resource, ResourceVersion] => [resource, candidate]),
    );

const asResource = ({ plural, singular, namespaced, kind, verbs, shortNames, categories }: Resource): JsonObject => ({
  name: plural,
  singularName: singular,
  namespaced,
  kind,
  verbs: [...verbs],
  ...(shortNames.length > 0 && { shortNames: [...shortNames] }),
  ...(categories.length > 0 && { categories: [...categories] }),
});

const subresources = (resource: Resource, version: ResourceVersion): JsonObject[] =>
  describeSubresources(resource, version).map(({ name, kind, group, version: at, verbs }) => ({
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    ...(group !== undefined && { group, version: at ?? '' }),
    kind,
    verbs,
  }));

export interface SubresourceDescription {
  name: string;
  kind: string;
  /** Group and version of the kind, when not the resource's own. */
  group?: string;
  version?: string;
  verbs: string[];
}

export const describeSubresources = (resource: Resource, version: ResourceVersion): SubresourceDescription[] => [
  ...resource.extraSubresources.map(name => ({ name, kind: resource.kind, verbs: ['create'] })),
  ...(version.scale
    ? [{ name: 'scale', group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] }]
    : []),
  ...(version.status ? [{ name: 'status', kind: resource.kind, verbs: ['get', 'patch', 'update'] }] : []),
];
