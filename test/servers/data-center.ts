/**
 * Everything that the controllers live between, in one process of tests: an API server with our CRDs, both OVN databases, northd, and the
 * controllers themselves. No pods and no packets.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { startApiServer } from '../../src/apiserver/server.ts';
import { type ControllerOptions, type RunningController, startControllers } from '../../src/controllers/start.ts';
import { connectNorthbound, type Northbound } from '../../src/controllers/targets/northbound.ts';
import { KubeClient } from '../../src/kube/client.ts';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import { NotFound } from '../../src/kube/errors.ts';
import { EventRecorder } from '../../src/kube/events.ts';
import { withoutManagedFields } from '../../src/kube/informer.ts';
import { loadKubeconfig } from '../../src/kube/kubeconfig.ts';
import { type Counters, writeOperations } from '../../src/ovsdb/counters.ts';
import { allKinds } from '../../src/resources/all-kinds.ts';
import { customResourceDefinitionType } from '../../src/resources/builtin/apiextensions.ts';
import { endpointsType, eventType, namespaceType, nodeType, serviceType } from '../../src/resources/builtin/core.ts';
import { endpointSliceType } from '../../src/resources/builtin/discovery.ts';
import { findCondition } from '../../src/resources/conditions.ts';
import { apiVersionOf, type Condition, type KubeObject, type ResourceType } from '../../src/resources/meta.ts';
import { externalGatewayLabel, fieldManager } from '../../src/resources/names.ts';
import { until } from '../until.ts';
import type { KubeApi } from './kube-api.ts';
import { schemas, startNorthd, startOvsdbServer } from './ovsdb.ts';

interface WithConditions extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

const types: readonly ResourceType[] = [
  ...allKinds.map(kind => kind.type),
  namespaceType,
  nodeType,
  serviceType,
  endpointsType,
  endpointSliceType,
  eventType,
];

export const typeOf = ({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): ResourceType => {
  const type = types.find(candidate => candidate.kind === kind && apiVersionOf(candidate) === apiVersion);
  if (!type) throw new Error(`the tests know no ${apiVersion} ${kind}`);
  return type;
};

/** Creates our CRDs and waits until all of them are served. */
export const installKinds = async (client: KubeClient): Promise<void> => {
  for (const kind of allKinds) await client.apply(customResourceDefinitionType, kind.crd(), { force: true });
  for (const { type } of allKinds) await until(`${type.plural} are served`, () => isServed(client, type));
};

const isServed = (client: KubeClient, type: ResourceType): Promise<boolean> =>
  client.list(type).then(
    () => true,
    error => {
      if (error instanceof NotFound) return false;
      throw error;
    },
  );

/** What the controllers put on the wire. */
export interface Writes {
  readonly api: number;
  readonly rows: number;
}

export class DataCenter implements AsyncDisposable {
  /** Whoever applies manifests: not the controllers. */
  readonly client: KubeClient;
  /** Whoever looks at, and meddles with, the Northbound database. */
  readonly northbound: Northbound;
  /** What the controllers logged as errors: bugs. */
  readonly errors: string[] = [];
  readonly #config: ClusterConfig;
  readonly #remote: string;
  readonly #disposables: AsyncDisposableStack;
  #running:
    | { readonly controller: RunningController; readonly client: KubeClient; readonly northbound: Northbound }
    | undefined;

  private constructor(config: ClusterConfig, client: KubeClient, remote: string, disposables: AsyncDisposableStack) {
    this.#config = config;
    this.client = client;
    this.#remote = remote;
    this.#disposables = disposables;
    this.northbound = connectNorthbound(remote);
    disposables.defer(() => this.northbound.close());
    disposables.defer(() => this.stopControllers());
  }

  /** @param startApi which API server; the embedded one when left out */
  static async start(startApi = startEmbeddedApi): Promise<DataCenter> {
    const disposables = new AsyncDisposableStack();
    try {
      return await DataCenter.#startIn(disposables, startApi);
    } catch (error) {
      await disposables.disposeAsync();
      throw error;
    }
  }

  /** Whatever was started when something fails is in `disposables`. */
  static async #startIn(disposables: AsyncDisposableStack, startApi: typeof startEmbeddedApi): Promise<DataCenter> {
    const northbound = disposables.use(await startOvsdbServer({ schema: schemas.northbound }));
    const southbound = disposables.use(await startOvsdbServer({ schema: schemas.southbound }));
    disposables.use(await startNorthd(northbound, southbound));
    const api = disposables.adopt(await startApi(), each => each.stop());
    const client = new KubeClient({ config: api.config, fieldManager: 'kubectl' });
    disposables.defer(() => client.close());
    const self = new DataCenter(api.config, client, northbound.remote, disposables);
    await Promise.all([installKinds(client), self.northbound.synchronised()]);
    for (const name of ['kube-dc-worker-1', 'kube-dc-worker-2']) await self.apply(gatewayNode(name));
    return self;
  }

  async startControllers(options: Partial<ControllerOptions> = {}): Promise<void> {
    const client = new KubeClient({ config: this.#config, fieldManager });
    const northbound = connectNorthbound(this.#remote);
    const events = new EventRecorder({ client, component: fieldManager, instance: 'test' });
    const logger = pino(
      { level: 'error' },
      new Writable({ write: (line, _, done) => done(void this.errors.push(String(line))) }),
    );
    const controller = await startControllers({ client, northbound, events, logger, quarantineMs: 100, ...options });
    this.#running = { controller, client, northbound };
  }

  async stopControllers(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.controller.stop();
    await running?.northbound.close();
    await running?.client.close();
  }

  /** Resolves when the controllers have nothing to do now. */
  async idle(): Promise<void> {
    await this.#running?.controller.idle();
  }

  /** Since the controllers were started. */
  get writes(): Writes {
    const counters: Counters | undefined = this.#running?.northbound.counters;
    return {
      api: this.#running?.client.requestCounts.writes ?? 0,
      rows: counters ? writeOperations(counters) : 0,
    };
  }

  async apply(...manifests: readonly KubeObject[]): Promise<void> {
    for (const manifest of manifests) await this.client.apply(typeOf(manifest), manifest, { force: true });
  }

  async delete(...manifests: readonly KubeObject[]): Promise<void> {
    for (const manifest of manifests) await this.client.delete(typeOf(manifest), manifest.metadata);
  }

  find<T extends KubeObject>(type: ResourceType<T>, name: string, namespace?: string): Promise<T | undefined> {
    return this.client.find(type, { name, ...(namespace && { namespace }) });
  }

  /** The object when the condition holds for it. */
  async when<T extends KubeObject>(
    type: ResourceType<T>,
    key: string,
    condition: (object: T) => boolean,
    what = 'is as wanted',
  ): Promise<T> {
    const [name = '', namespace] = key.split('/').toReversed();
    let last: T | undefined;
    await until(`${type.kind} ${key} ${what}`, async () => {
      last = await this.find(type, name, namespace);
      return last !== undefined && condition(last);
    }).catch(error => {
      throw new Error(`${error.message}: ${JSON.stringify(last && withoutManagedFields(last))}`);
    });
    if (!last) throw new Error(`${type.kind} ${key} is gone`);
    return last;
  }

  whenReady<T extends KubeObject>(type: ResourceType<T>, key: string): Promise<T> {
    return this.when(type, key, object => readyOf(object)?.status === 'True', 'is Ready');
  }

  /** Its condition Ready, once that is False for this reason. */
  async whenNotReady(type: ResourceType, key: string, reason: string): Promise<Condition> {
    const object = await this.when(type, key, held => readyOf(held)?.reason === reason, `is not Ready: ${reason}`);
    const condition = readyOf(object);
    if (condition?.status !== 'False') throw new Error(`${type.kind} ${key}: ${reason}, but Ready is not False`);
    return condition;
  }

  whenGone(type: ResourceType, key: string): Promise<void> {
    const [name = '', namespace] = key.split('/').toReversed();
    return until(`${type.kind} ${key} is gone`, async () => (await this.find(type, name, namespace)) === undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposables.disposeAsync();
  }
}

export const readyOf = (object: KubeObject): Condition | undefined =>
  findCondition((object as WithConditions).status?.conditions, 'Ready');

const startEmbeddedApi = async (): Promise<Pick<KubeApi, 'config' | 'stop'>> => {
  const folder = await mkdtemp(join(tmpdir(), 'data-center-'));
  const server = await startApiServer({ dataDir: folder, port: 0 });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, server.adminKubeconfig());
  const stop = async (): Promise<void> => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { config: await loadKubeconfig(kubeconfig), stop };
};

const gatewayNode = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { [externalGatewayLabel]: 'true' } },
});
