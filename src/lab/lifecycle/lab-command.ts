/** The lab that commands mean when none is named. */
export const DEFAULT_NAME = 'kdc';

/** A command of this lab, as remedies name it: `kdc lab logs --name br sandbox`. */
export const labCommand = (lab: string, command: string, ...args: readonly string[]): string =>
  ['kdc', 'lab', command, ...(lab === DEFAULT_NAME ? [] : ['--name', lab]), ...args].join(' ');
