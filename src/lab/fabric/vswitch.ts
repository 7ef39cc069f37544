/** Open vSwitch of one machine: its own database and daemon, in the machine's namespace, with the userspace datapath. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ovsVsctl } from '../../host/ovs-vsctl.ts';
import { run } from '../../host/run.ts';
import type { Processes } from '../sandbox/processes.ts';
import type { LabPaths } from '../state/paths.ts';

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';

export interface Vswitch {
  machine: string;
  /** The database's unix socket. */
  socket: string;
  /** Internal ports are devices of the daemon: when it ends they are gone, and come back without addresses. */
  onRestart(listener: () => void): void;
}

/** Where the programs of Open vSwitch and OVN look for and leave their files (ovs-vswitchd(8), ovn-controller(8)). */
export const switchEnvironment = (directory: string): Record<string, string> => ({
  OVS_RUNDIR: directory,
  OVS_DBDIR: directory,
  OVS_LOGDIR: directory,
  OVS_SYSCONFDIR: directory,
  OVN_RUNDIR: directory,
  OVN_LOGDIR: directory,
});

/** Resolves when ovs-vswitchd answers. */
export const startVswitch = async (paths: LabPaths, processes: Processes, machine: string): Promise<Vswitch> => {
  const directory = paths.machine(machine);
  const database = join(directory, 'conf.db');
  const socket = join(directory, 'db.sock');
  const listeners: (() => void)[] = [];
  await mkdir(directory, { recursive: true });
  await run('ovsdb-tool', ['create', database, SCHEMA]);
  processes.start({
    name: `${machine}/ovsdb-server`,
    netns: machine,
    command: ['ovsdb-server', database, `--remote=punix:${socket}`, '--pidfile', '--no-chdir'],
    env: switchEnvironment(directory),
  });
  await ovsVsctl(socket, [['init']], { wait: false });
  processes.start({
    name: `${machine}/ovs-vswitchd`,
    netns: machine,
    command: ['ovs-vswitchd', `unix:${socket}`, '--pidfile', '--no-chdir'],
    env: switchEnvironment(directory),
    onRestart: () => {
      for (const listener of listeners) listener();
    },
  });
  return { machine, socket, onRestart: listener => listeners.push(listener) };
};
