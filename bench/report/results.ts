import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMet, type Measurement, ratioOf } from '../measure/measurement.ts';
import type { Machine } from './machine.ts';

/** What one row said, or why it said nothing. */
export interface RowResult {
  readonly row: string;
  readonly title: string;
  readonly seconds: number;
  readonly measurements: readonly Measurement[];
  readonly failure?: string;
}

export interface Results {
  readonly date: string;
  readonly machine: Machine;
  readonly quick: boolean;
  readonly rows: readonly RowResult[];
}

/** As JSON, each measurement with its ratio and whether its goal is met. */
export const writeResults = (file: string, results: Results): void => {
  const rows = results.rows.map(row => ({
    ...row,
    measurements: row.measurements.map(measurement => ({
      ...measurement,
      ratio: ratioOf(measurement),
      met: isMet(measurement),
    })),
  }));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...results, rows }, undefined, 2)}\n`);
};
