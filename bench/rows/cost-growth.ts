/** What one change costs, with more and more other objects around: it should cost the same. */
import { setTimeout as delay } from 'node:timers/promises';
import { atMost, type Measurement, quantity } from '../measure/measurement.ts';
import { growthExponent } from '../measure/statistics.ts';
import { SERVICES_PER_PROJECT, serviceWithEndpoints } from '../world/objects.ts';
import type { Report } from '../world/report.ts';
import { create, type World } from '../world/world.ts';
import { type Bench, count, type Row } from './row.ts';

/** A change counts as flat when its cost grows by less than a tenth of a doubling for each doubling of the rest. */
const FLAT = 0.1;

interface Point {
  readonly services: number;
  /** Of one Service more, all that the controller does for it. */
  readonly cpuMs: number;
  readonly operations: number;
  readonly apiWrites: number;
}

export const costGrowth: Row = {
  name: 'cost-growth',
  title: 'Cost of one change as the rest grows',
  run: async bench => {
    const points: Point[] = [];
    for (const projects of bench.quick ? [1, 2] : [10, 30, 100, 300, 1_000])
      points.push(await pointAt(bench, projects));
    return tell(points);
  },
};

const pointAt = async (bench: Bench, projects: number): Promise<Point> => {
  const services = projects * SERVICES_PER_PROJECT;
  bench.progress(`at ${count(services)} Services`);
  await using world = await bench.worlds.settled(projects);
  await using controller = await bench.worlds.startController(world);
  await controller.settled();
  const changes = bench.quick ? 4 : 50;
  // Once to warm up: code that runs for the first time is slow whatever the size.
  await addServices(world, { projects, changes, prefix: 'warm' });
  const before = await controller.settled();
  await addServices(world, { projects, changes, prefix: 'more' });
  return costOf(services, changes, before, await controller.settled());
};

const addServices = async (
  { api }: World,
  { projects, changes, prefix }: { projects: number; changes: number; prefix: string },
): Promise<void> => {
  for (let index = 0; index < changes; index++) {
    for (const manifest of serviceWithEndpoints(index % projects, `${prefix}-${index}`))
      await create(api.client, manifest);
    await delay(20);
  }
};

const costOf = (services: number, changes: number, before: Report, after: Report): Point => ({
  services,
  cpuMs: (after.cpuMs - before.cpuMs) / changes,
  operations: (after.operations - before.operations) / changes,
  apiWrites: (after.apiWrites - before.apiWrites) / changes,
});

const tell = (points: readonly Point[]): Measurement[] => [
  {
    work: 'CPU time of the controller for one Service more: exponent of its growth with the number of Services',
    ours: quantity(growthExponent(points.map(({ services, cpuMs }) => [services, cpuMs])), 'times'),
    goal: atMost(FLAT, 'ours'),
    details: points.map(
      ({ services, cpuMs, operations, apiWrites }) =>
        `at ${count(services)}: ${cpuMs.toFixed(1)} ms, ${operations.toFixed(1)} row operations, ${apiWrites.toFixed(1)} API writes`,
    ),
  },
  {
    work: 'Row operations for one Service more: exponent of their growth',
    ours: quantity(growthExponent(points.map(({ services, operations }) => [services, operations])), 'times'),
    goal: atMost(FLAT, 'ours'),
  },
];
