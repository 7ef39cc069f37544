/** That each row of the benchmark runs and measures something. How fast anything is, is not asked here; how much is written is. */
import { afterAll, describe, expect, it } from 'vitest';
import { isMet } from '../../../bench/measure/measurement.ts';
import { tableOf } from '../../../bench/report/table.ts';
import { allRows } from '../../../bench/rows/all.ts';
import { Worlds } from '../../../bench/world/world.ts';

/** `lab-up` is what test/e2e does with every lab, and takes both cores for as long. */
const rows = allRows.filter(({ name }) => name !== 'lab-up');

describe('the benchmark in small', () => {
  const worlds = new Worlds();
  afterAll(() => worlds[Symbol.asyncDispose]());

  it.each(rows)('$name', { timeout: 120_000 }, async row => {
    const measurements = await row.run({ quick: true, worlds, progress: () => undefined });
    expect(measurements.length).toBeGreaterThan(0);
    for (const { ours, against } of measurements) {
      expect(Number.isFinite(ours.value)).toBe(true);
      if (against) expect(against.quantity.value).toBeGreaterThan(0);
    }
    for (const measurement of measurements.filter(({ ours }) => ours.unit === 'writes'))
      expect(isMet(measurement), measurement.work).toBe(true);
    expect(tableOf(measurements)).toContain(measurements[0]?.work.slice(0, 20));
  });
});
