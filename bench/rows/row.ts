import type { Measurement } from '../measure/measurement.ts';
import type { Worlds } from '../world/world.ts';

/** What a row is run with. */
export interface Bench {
  /** Small sizes: shows that the row runs, not how fast anything is. */
  readonly quick: boolean;
  readonly worlds: Worlds;
  /** What is being done now, for whoever watches. */
  readonly progress: (text: string) => void;
}

/** One line, or a few, of the table in docs/benchmarks.md. */
export interface Row {
  /** As the command line names it: `cold-convergence`. */
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<readonly Measurement[]>;
}

export const count = (value: number): string => Math.round(value).toLocaleString('en');
