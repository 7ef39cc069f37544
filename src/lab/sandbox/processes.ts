import { type Daemon, type DaemonSpec, startDaemon } from '../../host/daemon.ts';
import { residentBytes } from '../../host/processes.ts';
import type { LabPaths } from '../state/paths.ts';

export type ProcessSpec = Pick<DaemonSpec, 'name' | 'command' | 'netns' | 'env' | 'dieWithParent' | 'onRestart'>;

/** A process as `kdc lab status` shows it. */
export interface ProcessStatus {
  name: string;
  /** 0 while it is not running. */
  pid: number;
  restarts: number;
  /** Resident memory. */
  bytes: number;
}

/** The long-lived processes that one of ours has started; each logs to the file of its name. */
export class Processes {
  readonly #paths: LabPaths;
  readonly #env: NodeJS.ProcessEnv;
  readonly #daemons: Daemon[] = [];

  constructor(paths: LabPaths, env: NodeJS.ProcessEnv) {
    this.#paths = paths;
    this.#env = env;
  }

  start(spec: ProcessSpec): Daemon {
    const env = { ...this.#env, ...spec.env };
    const daemon = startDaemon({ ...spec, env, logFile: this.#paths.log(spec.name) });
    this.#daemons.push(daemon);
    return daemon;
  }

  /** The process that asks. */
  static self(name: string): ProcessStatus {
    return { name, pid: process.pid, restarts: 0, bytes: process.memoryUsage.rss() };
  }

  status(): ProcessStatus[] {
    return this.#daemons.map(daemon => {
      const pid = daemon.pid() ?? 0;
      return { name: daemon.name, pid, restarts: daemon.restarts(), bytes: residentBytes(pid) ?? 0 };
    });
  }
}
