import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject, ResourceType } from '../../resources/meta.ts';
import { LabError } from '../errors.ts';

type Discovery = Pick<KubeClient, 'resources'>;

/** Finds which REST resource a kind is served as, by asking the server; remembers what was found. */
export class ResourceTypes {
  readonly #client: Discovery;
  readonly #found = new Map<string, ResourceType>();

  constructor(client: Discovery) {
    this.#client = client;
  }

  async of({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): Promise<ResourceType> {
    const type = await this.find({ apiVersion, kind });
    if (type) return type;
    throw new LabError(`the API server serves no ${kind} of ${apiVersion}`, {
      remedy: 'check apiVersion and kind of the manifest, or apply the CustomResourceDefinition first',
    });
  }

  /** Undefined when the kind is not served, or not yet. */
  async find({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): Promise<ResourceType | undefined> {
    const key = `${apiVersion}/${kind}`;
    const known = this.#found.get(key) ?? (await this.#discover(apiVersion, kind));
    if (known) this.#found.set(key, known);
    return known;
  }

  async #discover(apiVersion: string, kind: string): Promise<ResourceType | undefined> {
    const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const resources = await this.#client.resources(group, version);
    const resource = resources.find(candidate => candidate.kind === kind && !candidate.name.includes('/'));
    return resource && { group, version, kind, plural: resource.name, namespaced: resource.namespaced };
  }
}
