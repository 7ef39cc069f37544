/** Exit codes of `kdc`, beside 0 and, for `exec`, the code of the command that ran. */
export const EXIT = {
  /** What was asked for was tried and did not come true: a check failed, a machine did not come up. */
  failed: 1,
  /** The request itself is wrong: an unknown machine, a scenario with a mistake. */
  usage: 2,
  /** There is no running lab of that name. */
  noLab: 3,
  /** A bug of ours. */
  internal: 70,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** Something a user can put right: what is wrong and where, and in `remedy` what to do. Everything else that is thrown is a bug. */
export class LabError extends Error {
  readonly remedy: string | undefined;
  readonly exitCode: number;

  constructor(message: string, { remedy, exitCode = EXIT.failed }: { remedy?: string; exitCode?: number } = {}) {
    super(message);
    this.name = 'LabError';
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
