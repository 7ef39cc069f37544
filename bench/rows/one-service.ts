/** One Service more where there are many: how long until its VIP is committed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { EIp } from '../../src/resources/kube-dc/eip.ts';
import { eipKind } from '../../src/resources/kube-dc/eip.ts';
import { objectKey } from '../../src/resources/meta.ts';
import { atMost, type Measurement, quantity } from '../measure/measurement.ts';
import { percentile } from '../measure/statistics.ts';
import { timed, until } from '../measure/stopwatch.ts';
import { anyGroup, loadBalancerOperations, NbctlDaemon } from '../world/northbound-writer.ts';
import { eip, namespaceOf, serviceWithEndpoints } from '../world/objects.ts';
import { VipWatch } from '../world/vip-watch.ts';
import { create, type World } from '../world/world.ts';
import { type Bench, count, type Row } from './row.ts';

/** Between two of them, so that each meets a controller at rest: it is latency that is measured. */
const PAUSE_MS = 40;

export const oneService: Row = {
  name: 'one-service',
  title: 'One Service more: API object to committed VIP',
  run: async bench => {
    const projects = bench.quick ? 2 : 1_000;
    const times = bench.quick ? 3 : 200;
    await using world = await bench.worlds.settled(projects);
    await using watch = await VipWatch.start(world.northbound.remote);
    const latencies = await latenciesOf(bench, world, watch, { projects, times });
    bench.progress('bare transactions');
    const bare = await bareTransactions(watch, times);
    const peer = await nbctl(world, watch, Math.ceil(times / 4));
    return tell(`at ${count(projects * 10)} Services`, latencies, bare, peer);
  },
};

/** Milliseconds. */
interface Latency {
  readonly fromPost: number;
  /** From the moment the API has answered; the watch has told the controller about then. */
  readonly fromCreated: number;
}

interface Latencies {
  readonly bound: readonly Latency[];
  readonly automatic: readonly Latency[];
}

interface Extent {
  readonly projects: number;
  readonly times: number;
}

const latenciesOf = async (bench: Bench, world: World, watch: VipWatch, extent: Extent): Promise<Latencies> => {
  bench.progress('a controller with everything there');
  await using controller = await bench.worlds.startController(world);
  await controller.settled();
  await makeEips(world, extent);
  await controller.settled();
  bench.progress(`${extent.times} Services on EIps that are there`);
  const bound = await createEach(world, watch, extent, 'bound');
  await controller.settled();
  bench.progress(`${extent.times} Services with automatic EIps`);
  const automatic = await createEach(world, watch, extent, 'automatic');
  return { bound, automatic };
};

const eipName = (index: number): string => `eip-${index}`;

const makeEips = async ({ api }: World, { projects, times }: Extent): Promise<void> => {
  const manifests = Array.from({ length: times }, (_, index) => eip(index % projects, eipName(index)));
  for (const manifest of manifests) await create(api.client, manifest);
  const hasAddress = async (): Promise<boolean> => {
    const { items } = await api.client.list(eipKind.type);
    const addressed = new Set(items.filter(isReady).map(({ metadata }) => objectKey(metadata)));
    return manifests.every(({ object }) => addressed.has(objectKey(object.metadata)));
  };
  await until('the EIps have addresses', hasAddress);
};

const isReady = ({ status }: EIp): boolean => status?.ready === true;

const createEach = async (
  { api }: World,
  watch: VipWatch,
  { projects, times }: Extent,
  kind: 'bound' | 'automatic',
): Promise<Latency[]> => {
  const latencies: Latency[] = [];
  for (let index = 0; index < times; index++) {
    const project = index % projects;
    const name = `${kind}-${index}`;
    const [slice, service] = serviceWithEndpoints(project, name, kind === 'bound' ? eipName(index) : undefined);
    if (!slice || !service) throw new Error('a Service and its slice');
    await create(api.client, slice);
    await delay(PAUSE_MS);
    const seen = watch.appears(`${namespaceOf(project)}/${name}/tcp`);
    const posted = performance.now();
    await create(api.client, service);
    const created = performance.now();
    const committed = await seen;
    latencies.push({ fromPost: committed - posted, fromCreated: committed - created });
    await delay(PAUSE_MS);
  }
  return latencies;
};

const bareTransactions = async ({ northbound }: VipWatch, times: number): Promise<number[]> => {
  const group = anyGroup(northbound);
  const latencies: number[] = [];
  for (let index = 0; index < times; index++) {
    const { ms, result } = await timed(() => northbound.transact(loadBalancerOperations(group, index)));
    if (result.kind !== 'committed') throw new Error(`ovsdb-server: ${JSON.stringify(result)}`);
    latencies.push(ms);
    await delay(PAUSE_MS / 4);
  }
  return latencies;
};

const nbctl = async (world: World, { northbound }: VipWatch, times: number): Promise<number[]> => {
  const group = anyGroup(northbound);
  await using daemon = await NbctlDaemon.start(world.northbound.remote, world.directory);
  const latencies: number[] = [];
  for (let index = 0; index < times; index++)
    latencies.push((await timed(() => daemon.addLoadBalancer(group, index))).ms);
  return latencies;
};

const tell = (
  scale: string,
  { bound, automatic }: Latencies,
  bare: readonly number[],
  peer: readonly number[],
): Measurement[] => {
  const limit = (share: number) => ({
    what: `one bare transact, p${share * 100}`,
    quantity: quantity(percentile(bare, share), 'ms'),
  });
  const created = bound.map(({ fromCreated }) => fromCreated);
  const posted = bound.map(({ fromPost }) => fromPost);
  const automatically = automatic.map(({ fromCreated }) => fromCreated);
  return [
    {
      work: `Service created on an EIp that is there → VIP committed, p50, ${scale}`,
      ours: quantity(percentile(created, 0.5), 'ms'),
      against: limit(0.5),
      goal: atMost(3),
      details: [`p50 of ovn-nbctl --no-wait with its daemon: ${percentile(peer, 0.5).toFixed(1)} ms`],
    },
    {
      work: '… p99',
      ours: quantity(percentile(created, 0.99), 'ms'),
      against: limit(0.5),
      goal: atMost(10),
    },
    {
      work: '… from the POST on, p50',
      ours: quantity(percentile(posted, 0.5), 'ms'),
      against: { what: 'ovn-nbctl --no-wait with its daemon', quantity: quantity(percentile(peer, 0.5), 'ms') },
      goal: atMost(10, 'ours'),
    },
    {
      work: '… with an EIp made for it, p50',
      ours: quantity(percentile(automatically, 0.5), 'ms'),
      against: limit(0.5),
      details: [
        `p99 ${percentile(automatically, 0.99).toFixed(1)} ms; an EIp, its OvnEip and their statuses are written in between`,
      ],
    },
  ];
};
