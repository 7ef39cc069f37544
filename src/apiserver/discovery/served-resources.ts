import type { Registry } from '../registry/registry.ts';
import { subresourcesOf } from '../registry/resource.ts';
import type { ServedResource } from '../schema/types.ts';

/** Every served version of every resource that has a schema, as OpenAPI describes them. */
export const servedResources = (registry: Registry): ServedResource[] =>
  registry.all().flatMap(resource =>
    resource.versions.flatMap(version => {
      const { schema } = version;
      if (!schema || !version.served) return [];
      const { group, kind, plural, listKind, namespaced, verbs } = resource;
      const subresources = subresourcesOf(resource, version);
      return [{ group, version: version.version, kind, plural, listKind, namespaced, verbs, subresources, schema }];
    }),
  );
