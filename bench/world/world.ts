/** An embedded API with a data centre in it, as rows of the benchmark share it: made once, copied for whoever changes it. */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeClient } from '../../src/kube/client.ts';
import { NotFound } from '../../src/kube/errors.ts';
import { allKinds } from '../../src/resources/all-kinds.ts';
import { customResourceDefinitionType } from '../../src/resources/builtin/apiextensions.ts';
import { type OvsdbServer, schemas, startOvsdbServer } from '../../test/servers/ovsdb.ts';
import { eachOf, until } from '../measure/stopwatch.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { Controller, type Settled } from './controller.ts';
import { type Manifest, physicalNetwork, projectWithServices } from './objects.ts';

const AT_ONCE = 32;

export interface World extends AsyncDisposable {
  readonly directory: string;
  readonly api: ApiServer;
  readonly northbound: OvsdbServer;
  /** What the controllers of this world are started with. */
  readonly wiring: { readonly kubeconfig: string; readonly northbound: string; readonly directory: string };
}

export interface ColdStart {
  readonly settled: Settled;
  readonly spawnedAt: number;
}

/** The worlds of one run of the benchmark; `profile` is handed to controllers. */
export class Worlds implements AsyncDisposable {
  readonly #settled = new Map<number, Promise<{ directory: string; coldStart: ColdStart }>>();
  readonly #directories: string[] = [];
  readonly #profile: string | undefined;

  constructor(profile?: string) {
    this.#profile = profile;
  }

  /** Projects and their Services are in the API, nothing else: no controller has ever run. */
  async fresh(projects: number): Promise<World> {
    const world = await this.#open(await this.#directory());
    await fill(world.api.client, projects);
    return world;
  }

  /** The API as controllers left it when they had done everything, and an empty Northbound database. */
  async settled(projects: number): Promise<World> {
    const { directory } = await this.#settledState(projects);
    const copy = await this.#directory();
    await cp(directory, copy, { recursive: true });
    return this.#open(copy);
  }

  /** How the first controllers of all got a world of this size to where `settled` starts. */
  async firstStart(projects: number): Promise<ColdStart> {
    return (await this.#settledState(projects)).coldStart;
  }

  startController(world: World): Promise<Controller> {
    return Controller.start({ ...world.wiring, profile: this.#profile });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const directory of this.#directories) await rm(directory, { recursive: true, force: true });
  }

  #settledState(projects: number): Promise<{ directory: string; coldStart: ColdStart }> {
    const known = this.#settled.get(projects) ?? this.#settle(projects);
    this.#settled.set(projects, known);
    return known;
  }

  async #settle(projects: number): Promise<{ directory: string; coldStart: ColdStart }> {
    await using world = await this.fresh(projects);
    await using controller = await this.startController(world);
    const settled = await controller.settled();
    if (settled.failing > 0) throw new Error(`${settled.failing} owners fail:\n${await endOfLog(world)}`);
    return { directory: world.directory, coldStart: { settled, spawnedAt: controller.spawnedAt } };
  }

  async #open(directory: string): Promise<World> {
    const api = await startApiServer(directory);
    const northbound = await startOvsdbServer({ schema: schemas.northbound });
    return {
      directory,
      api,
      northbound,
      wiring: { kubeconfig: api.kubeconfig, northbound: northbound.remote, directory },
      async [Symbol.asyncDispose]() {
        await api[Symbol.asyncDispose]();
        await northbound[Symbol.asyncDispose]();
      },
    };
  }

  async #directory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'kdc-bench-'));
    this.#directories.push(directory);
    return directory;
  }
}

const endOfLog = async ({ directory }: World): Promise<string> =>
  (await readFile(join(directory, 'controller.log'), 'utf8')).slice(-2_000);

const fill = async (client: KubeClient, projects: number): Promise<void> => {
  await installKinds(client);
  for (const manifest of physicalNetwork()) await create(client, manifest);
  const manifests = Array.from({ length: projects }, (_, index) => projectWithServices(index)).flat();
  const isOuter = ({ type }: Manifest): boolean => type.kind === 'Namespace' || type.kind === 'Project';
  for (const group of [manifests.filter(isOuter), manifests.filter(manifest => !isOuter(manifest))])
    await eachOf(group, AT_ONCE, manifest => create(client, manifest));
};

export const create = (client: KubeClient, { type, object }: Manifest): Promise<unknown> => client.create(type, object);

export const installKinds = async (client: KubeClient): Promise<void> => {
  for (const kind of allKinds) await client.apply(customResourceDefinitionType, kind.crd(), { force: true });
  for (const kind of allKinds) {
    const isServed = (): Promise<boolean> =>
      client.list(kind.type).then(
        () => true,
        error => {
          if (error instanceof NotFound) return false;
          throw error;
        },
      );
    await until(`${kind.type.plural} are served`, isServed);
  }
};
