import type { Registry } from '../registry/registry.ts';
import type { Resource, ResourceVersion } from '../registry/resource.ts';
import type { JsonObject } from '../schema/types.ts';
import { describeSubresources, servedIn } from './groups.ts';

/** Aggregated discovery: every group in one answer. https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery */
export const aggregatedMediaType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** `core`: the legacy group of /api; else the groups of /apis. */
export const aggregatedDiscovery = (registry: Registry, core: boolean): JsonObject => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  metadata: {},
  items: [...registry.groups()]
    .filter(([group]) => (group === '') === core)
    .map(([group, versions]) => ({
      metadata: core ? {} : { name: group },
      versions: versions.map(version => versionOf(registry, group, version)),
    })),
});

const versionOf = (registry: Registry, group: string, version: string): JsonObject => ({
  version,
  freshness: 'Current',
  resources: servedIn(registry, group, version).map(([resource, at]) => resourceOf(resource, at)),
});

const resourceOf = (resource: Resource, version: ResourceVersion): JsonObject => {
  const { group, plural, singular, kind, namespaced, verbs, shortNames, categories } = resource;
  const subresources = describeSubresources(resource, version).map(({ name, verbs: subVerbs, ...type }) => ({
    subresource: name,
    responseKind: { group: type.group ?? group, version: type.version ?? version.version, kind: type.kind },
    verbs: subVerbs,
  }));
  return {
    resource: plural,
    responseKind: { group, version: version.version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: [...verbs],
    ...(shortNames.length > 0 && { shortNames: [...shortNames] }),
    ...(categories.length > 0 && { categories: [...categories] }),
    ...(subresources.length > 0 && { subresources }),
  };
};
