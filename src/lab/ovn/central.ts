/** OVN's central part: the northbound and southbound databases and northd, over unix sockets. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../host/run.ts';
import { switchEnvironment } from '../fabric/vswitch.ts';
import type { Processes } from '../sandbox/processes.ts';
import type { LabPaths } from '../state/paths.ts';
import { until } from '../wait.ts';

const SCHEMAS = '/usr/share/ovn';
const NORTHD_THREADS = 2;
const START_TIMEOUT_MS = 10_000;

export const startOvnCentral = async (paths: LabPaths, processes: Processes): Promise<void> => {
  await mkdir(paths.ovn, { recursive: true });
  await Promise.all([
    startDatabase(paths, processes, 'ovn-nb', paths.northbound),
    startDatabase(paths, processes, 'ovn-sb', paths.southbound),
  ]);
  processes.start({
    name: 'ovn-northd',
    command: [
      'ovn-northd',
      `--ovnnb-db=unix:${paths.northbound}`,
      `--ovnsb-db=unix:${paths.southbound}`,
      `--n-threads=${NORTHD_THREADS}`,
      '--pidfile',
      '--no-chdir',
    ],
    env: switchEnvironment(paths.ovn),
  });
};

const startDatabase = async (
  paths: LabPaths,
  processes: Processes,
  name: 'ovn-nb' | 'ovn-sb',
  socket: string,
): Promise<void> => {
  const database = join(paths.ovn, `${name}.db`);
  await run('ovsdb-tool', ['create', database, join(SCHEMAS, `${name}.ovsschema`)]);
  processes.start({
    name,
    command: [
      'ovsdb-server',
      database,
      `--remote=punix:${socket}`,
      `--unixctl=${join(paths.ovn, `${name}.ctl`)}`,
      `--pidfile=${join(paths.ovn, `${name}.pid`)}`,
      '--no-chdir',
    ],
    env: switchEnvironment(paths.ovn),
  });
  await until(() => existsSync(socket), { what: `the socket of ${name}`, timeoutMs: START_TIMEOUT_MS });
};
