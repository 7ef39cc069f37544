/** From API objects to committed rows, against the same rows as prebuilt transactions to a fresh ovsdb-server. */
import { connectNorthbound } from '../../src/controllers/targets/northbound.ts';
import { schemas, startOvsdbServer } from '../../test/servers/ovsdb.ts';
import { atMost, type Measurement, quantity } from '../measure/measurement.ts';
import { timed } from '../measure/stopwatch.ts';
import { bareApplyMs } from '../world/bare-writer.ts';
import { SERVICES_PER_PROJECT } from '../world/objects.ts';
import { RawSender } from '../world/raw-sender.ts';
import { replayRequests } from '../world/replay.ts';
import type { ColdStart, World } from '../world/world.ts';
import { type Bench, count, type Row } from './row.ts';

export const coldConvergence: Row = {
  name: 'cold-convergence',
  title: 'Cold convergence: API objects to committed rows',
  run: async bench => {
    const measurements: Measurement[] = [];
    for (const projects of bench.quick ? [2] : [100, 1_000]) measurements.push(...(await ofSize(bench, projects)));
    return measurements;
  },
};

const ofSize = async (bench: Bench, projects: number): Promise<Measurement[]> => {
  const size = `${count(projects)} projects, ${count(projects * SERVICES_PER_PROJECT)} Services`;
  bench.progress(`${size}: from nothing`);
  const fromNothing = await bench.worlds.firstStart(projects);
  bench.progress(`${size}: with the API settled`);
  await using world = await bench.worlds.settled(projects);
  const fromSettled = await startAndEnd(bench, world);
  bench.progress(`${size}: prebuilt transactions`);
  const { ms: limitMs, transactions } = await replay(world);
  const { apiWrites } = fromNothing.settled;
  const sample = Math.min(apiWrites, 3_000);
  const bareMs = limitMs + apiWrites * (await bareApplyMs(world.api.client, sample));
  const limit = { what: `${count(transactions)} prebuilt transactions`, quantity: quantity(limitMs / 1000, 's') };
  return [
    {
      work: `${size}: objects settled, database empty → last row committed`,
      ours: quantity(rowsMs(fromSettled) / 1000, 's'),
      against: limit,
      goal: atMost(1.5),
      details: detailsOf(fromSettled),
    },
    {
      work: `${size}: nothing made yet → every child object, row and status written`,
      ours: quantity((fromNothing.settled.settledAt - fromNothing.spawnedAt) / 1000, 's'),
      against: {
        what: 'as many bare server-side applies, then the transactions',
        quantity: quantity(bareMs / 1000, 's'),
      },
      // No goal: the goal's own limit is the prebuilt transactions, which write no objects; this wider limit is only to judge by.
      details: [
        ...detailsOf(fromNothing),
        `${count((fromNothing.settled.settledAt - fromNothing.spawnedAt) / limitMs)} times the prebuilt transactions alone; the applies are reckoned from ${count(sample)}`,
      ],
    },
    {
      work: `${size}: resident memory of the controller when all is done`,
      ours: quantity(fromSettled.settled.residentMb, 'MB'),
      goal: atMost(300, 'ours'),
      details: [`at most ${count(fromNothing.settled.peakResidentMb)} MB while everything was made`],
    },
  ];
};

const rowsMs = ({ settled, spawnedAt }: ColdStart): number => settled.lastCommitAt - spawnedAt;

const detailsOf = ({ settled, spawnedAt }: ColdStart): string[] => [
  `${count(settled.transactions)} transactions, ${count(settled.operations)} operations, ${count(settled.apiWrites)} API writes`,
  `process started and caches filled after ${((settled.startedAt - spawnedAt) / 1000).toFixed(1)} s; ${(settled.cpuMs / 1000).toFixed(1)} s of CPU`,
];

const startAndEnd = async (bench: Bench, world: World): Promise<ColdStart> => {
  await using controller = await bench.worlds.startController(world);
  return { settled: await controller.settled(), spawnedAt: controller.spawnedAt };
};

/** Sends what the world's database holds to a fresh one. */
const replay = async ({ northbound }: World): Promise<{ ms: number; transactions: number }> => {
  const source = connectNorthbound(northbound.remote);
  await source.synchronised();
  const requests = replayRequests(source);
  await source.close();
  await using fresh = await startOvsdbServer({ schema: schemas.northbound });
  using sender = await RawSender.connect(fresh.remote);
  const { ms } = await timed(() => sender.send(requests));
  return { ms, transactions: requests.length };
};
