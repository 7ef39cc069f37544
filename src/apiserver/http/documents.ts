import { aggregatedDiscovery, aggregatedMediaType } from '../discovery/aggregated.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from '../discovery/groups.ts';
import { servedResources } from '../discovery/served-resources.ts';
import type { Registry } from '../registry/registry.ts';
import { openApiV2Document } from '../schema/openapi/v2.ts';
import { openApiV3Document, openApiV3Index } from '../schema/openapi/v3.ts';
import type { JsonObject } from '../schema/types.ts';
import { methodNotAllowed, notAcceptable } from '../status-error.ts';
import { prefersForm } from './negotiate.ts';
import { json, type Reply } from './reply.ts';

/** What `/version` says: the Kubernetes release whose API this is. */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

/** The documents that describe the API, made when first asked for and again after the registry changed. */
export class Documents {
  readonly #registry: Registry;
  readonly #version: VersionInfo;
  readonly #ready: () => boolean;
  readonly #made = new Map<string, Reply | undefined>();

  constructor(registry: Registry, version: VersionInfo, ready: () => boolean) {
    this.#registry = registry;
    this.#version = version;
    this.#ready = ready;
    registry.onChange(() => this.#made.clear());
  }

  /** The answer for a path that is not a resource's; `undefined` when there is none. */
  get(method: string, path: string, accept: string | undefined, query: URLSearchParams): Reply | undefined {
    const [first = '', ...rest] = path.split('/').filter(Boolean);
    if (['healthz', 'livez', 'readyz'].includes(first)) return this.#health(query);
    if (!['api', 'apis', 'openapi', 'version'].includes(first)) return undefined;
    if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
    if (first === 'version') return json(this.#versionInfo());
    const aggregated = rest.length === 0 && prefersForm(accept, 'APIGroupDiscoveryList', 'v2');
    if (path.startsWith('/openapi/v2')) checkAcceptsJson(accept);
    return this.#kept(`${aggregated ? 'aggregated ' : ''}${path}`, () => this.#make(first, rest, aggregated));
  }

  #health(query: URLSearchParams): Reply {
    const ready = this.#ready();
    const text = query.has('verbose') ? `[${ready ? '+' : '-'}]storage ${ready ? 'ok' : 'failed'}\n` : '';
    return {
      code: ready ? 200 : 500,
      body: ready ? `${text}ok` : `${text}not ready`,
      contentType: 'text/plain; charset=utf-8',
    };
  }

  #versionInfo(): Record<string, string> {
    return {
      ...this.#version,
      gitCommit: '',
      gitTreeState: 'clean',
      buildDate: '',
      goVersion: '',
      compiler: '',
      platform: 'linux/amd64',
    };
  }

  #kept(key: string, make: () => Reply | undefined): Reply | undefined {
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key);
  }

  #make(first: string, rest: string[], aggregated: boolean): Reply | undefined {
    if (aggregated)
      return { ...json(aggregatedDiscovery(this.#registry, first === 'api')), contentType: aggregatedMediaType };
    if (first === 'openapi') return this.#openApi(rest);
    const body = first === 'api' ? this.#core(rest) : this.#groups(rest);
    return body && json(body);
  }

  #core([version, ...more]: string[]): JsonObject | undefined {
    if (version === undefined) return apiVersions();
    return more.length > 0 ? undefined : apiResourceList(this.#registry, '', version);
  }

  #groups([group, version, ...more]: string[]): JsonObject | undefined {
    if (group === undefined) return apiGroupList(this.#registry);
    if (version === undefined) return apiGroup(this.#registry, group);
    return more.length > 0 ? undefined : apiResourceList(this.#registry, group, version);
  }

  #openApi([version, ...rest]: string[]): Reply | undefined {
    const resources = servedResources(this.#registry);
    if (version === 'v2' && rest.length === 0) return json(openApiV2Document(resources));
    if (version !== 'v3') return undefined;
    if (rest.length === 0) return json(openApiV3Index(resources));
    const [root, ...groupVersion] = rest;
    if (root !== 'api' && root !== 'apis') return undefined;
    const document = openApiV3Document(resources, groupVersion.join('/'));
    return document && json(document);
  }
}

/** The v2 document is served as JSON only; kubectl turns to v3 when told so. */
const checkAcceptsJson = (accept = '*/*'): void => {
  if (!/application\/json|\*\/\*|application\/\*/.test(accept)) throw notAcceptable('application/json');
};
