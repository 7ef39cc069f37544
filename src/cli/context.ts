import type { LabEnvironment } from '../lab/environment.ts';

/** What `main` hands to every command. */
export interface CliContext extends LabEnvironment {
  /** The scenario of `kdc lab up` when none is named. */
  defaultScenario: string;
  version: string;
  /** What users type to start us: `kdc`, `./kdc`. */
  typed: string;
}
