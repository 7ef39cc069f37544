/** What the programs of a lab find around them. Only `main` reads the process's own environment; it arrives here. */
export interface LabEnvironment {
  env: NodeJS.ProcessEnv;
  uid: number;
  /** Holds one folder for each of this user's labs. */
  labsDirectory: string;
  /** The project's folder. */
  root: string;
  /** Starts the CLI again: the words of a command line. */
  kdc: readonly [string, ...string[]];
}
