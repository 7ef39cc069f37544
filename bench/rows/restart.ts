/** A controller that starts where everything is as it should be. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CACHED_KINDS } from '../../src/controllers/kinds.ts';
import { atMost, type Measurement, quantity } from '../measure/measurement.ts';
import { median } from '../measure/statistics.ts';
import { timed } from '../measure/stopwatch.ts';
import type { Settled } from '../world/controller.ts';
import type { World } from '../world/world.ts';
import { type Bench, count, type Row } from './row.ts';

const run = promisify(execFile);

export const restart: Row = {
  name: 'restart',
  title: 'Restart with nothing to do',
  run: async bench => {
    const projects = bench.quick ? 2 : 1_000;
    await using world = await bench.worlds.settled(projects);
    bench.progress('a first controller, which makes the rows');
    await startAndEnd(bench, world);
    const starts: Start[] = [];
    for (let turn = 0; turn < (bench.quick ? 1 : 3); turn++) {
      bench.progress(`restart ${turn + 1}`);
      starts.push(await startAndEnd(bench, world));
    }
    return tell(`${count(projects)} projects, ${count(projects * 10)} Services`, starts, await limitMs(world));
  },
};

interface Start {
  readonly spawnedAt: number;
  readonly settled: Settled;
}

const startAndEnd = async (bench: Bench, world: World): Promise<Start> => {
  await using controller = await bench.worlds.startController(world);
  return { settled: await controller.settled(), spawnedAt: controller.spawnedAt };
};

/** The same database and the same objects, read by programs that do nothing with them. */
const limitMs = async ({ northbound, api }: World): Promise<{ dump: number; list: number }> => {
  const dump = await timed(() =>
    run('ovsdb-client', ['dump', northbound.remote, 'OVN_Northbound'], { maxBuffer: 2 ** 30 }),
  );
  const isServed = await Promise.all(CACHED_KINDS.map(({ type }) => api.client.serves(type)));
  // Some kinds are of other products, which need not be there.
  const served = CACHED_KINDS.filter((_, index) => isServed[index]);
  const list = await timed(() => Promise.all(served.map(({ type }) => api.client.list(type))));
  return { dump: dump.ms, list: list.ms };
};

const tell = (
  size: string,
  starts: readonly Start[],
  { dump, list }: { dump: number; list: number },
): Measurement[] => {
  const seconds = (at: (settled: Settled) => number): number =>
    median(starts.map(({ settled, spawnedAt }) => at(settled) - spawnedAt)) / 1000;
  const writes = starts.map(({ settled }) => settled.apiWrites + settled.operations);
  const limit = {
    what: `ovsdb-client dump ${dump.toFixed(0)} ms + list of the API ${list.toFixed(0)} ms`,
    quantity: quantity((dump + list) / 1000, 's'),
  };
  return [
    {
      work: `Restart, ${size}: process started → in step with both, takes new work`,
      ours: quantity(
        seconds(({ startedAt }) => startedAt),
        's',
      ),
      against: limit,
      goal: atMost(2),
    },
    {
      work: '… → every object and row looked at',
      ours: quantity(
        seconds(({ settledAt }) => settledAt),
        's',
      ),
      against: limit,
      details: [`${count(median(starts.map(({ settled }) => settled.residentMb)))} MB resident`],
    },
    {
      work: '… write operations, to the database and to the API',
      ours: quantity(Math.max(...writes), 'writes'),
      goal: atMost(0, 'ours'),
    },
  ];
};
