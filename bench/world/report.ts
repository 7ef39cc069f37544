/** What the controllers' process tells of itself. Moments in ms since 1970. */
export interface Report {
  readonly at: number;
  /** Caches and replica were in step, and everything was queued. */
  readonly startedAt: number;
  /** A change of the Northbound database was seen last; 0 when none was. */
  readonly lastCommitAt: number;
  readonly waiting: number;
  readonly failing: number;
  readonly apiWrites: number;
  readonly transactions: number;
  /** Inserts, updates, mutates and deletes sent to the Northbound database. */
  readonly operations: number;
  readonly cpuMs: number;
  readonly residentMb: number;
  readonly peakResidentMb: number;
}
