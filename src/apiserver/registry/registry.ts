import { resourceKey } from '../store/record.ts';
import type { Resource, ResourceVersion } from './resource.ts';

/** A resource in the version a request names. */
export interface Served {
  readonly resource: Resource;
  readonly version: ResourceVersion;
}

/** All resources served now. */
export class Registry {
  readonly #resources = new Map<string, Resource>();
  readonly #listeners = new Set<() => void>();

  /** Adds a resource, or replaces the one of the same group and plural. */
  register(resource: Resource): void {
    this.#resources.set(resourceKey(resource.group, resource.plural), resource);
    this.#changed();
  }

  remove(group: string, plural: string): void {
    if (this.#resources.delete(resourceKey(group, plural))) this.#changed();
  }

  get(group: string, plural: string): Resource | undefined {
    return this.#resources.get(resourceKey(group, plural));
  }

  served(group: string, version: string, plural: string): Served | undefined {
    const resource = this.get(group, plural);
    const found = resource?.versions.find(candidate => candidate.version === version && candidate.served);
    return resource && found && { resource, version: found };
  }

  /** The resource whose objects are stored under this key. */
  byStorage(key: string): Resource | undefined {
    return this.#resources.get(key);
  }

  /** The resource of a kind, for owner references. */
  byKind(group: string, kind: string): Resource | undefined {
    return this.all().find(resource => resource.group === group && resource.kind === kind);
  }

  all(): Resource[] {
    return [...this.#resources.values()];
  }

  /** Groups in order of registration, the core group (`''`) first; each with its served versions, preferred first. */
  groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const { group, versions } of this.all()) {
      const served = versions.filter(version => version.served).map(({ version }) => version);
      groups.set(group, [...new Set([...(groups.get(group) ?? []), ...served])].sort(compareVersions));
    }
    return groups;
  }

  /** Told after every change. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/**
 * Kubernetes' order of versions: GA before beta before alpha, then the higher number; anything else last, by name.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 */
export const compareVersions = (a: string, b: string): number => {
  const [rankA, rankB] = [rank(a), rank(b)];
  const differing = rankA.findIndex((part, at) => part !== rankB[at]);
  if (differing >= 0) return (rankB[differing] ?? 0) - (rankA[differing] ?? 0);
  return a < b ? -1 : a > b ? 1 : 0;
};

/** Stability, major, minor; higher comes first. */
const rank = (version: string): number[] => {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return [0, 0, 0];
  const stability = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return [stability, Number(match[1]), Number(match[3] ?? 0)];
};
