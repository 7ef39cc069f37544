/**
 * The program the agent's tests run inside a sandbox: one node (a network namespace with its own Open vSwitch, userspace
 * datapath) and its agent. Talks with the test over Node's IPC: `{ id, exec }` is answered with the command's end, `{ id,
 * logs }` with lines; `{ kill }` kills the agent, and its successor answers `{ id: 0 }` when it has taken the node over.
 */
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { startDaemon } from '../../../src/host/daemon.ts';
import { ipBatch } from '../../../src/host/links.ts';
import { ovsVsctl } from '../../../src/host/ovs-vsctl.ts';
import { run, tryRun } from '../../../src/host/run.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import type { ClusterConfig } from '../../../src/kube/cluster-config.ts';
import { echoCommand, type PodContainer, startNodeAgent } from '../../../src/lab/agent/node-agent.ts';

export type Request =
  | { id: number; run: [string, ...string[]] }
  | { id: number; exec: PodContainer; command: string[] }
  | { id: number; logs: PodContainer; previous?: boolean };

const nodeName = 'node-1';
const ovs = '/run/ovs';
const ovsSocket = `${ovs}/db.sock`;

const logger = {
  debug: (details: object, message: string) => process.env.VERBOSE && console.error('debug', message, details),
  info: (details: object, message: string) => console.error('info', message, details),
  warn: (details: object, message: string) => console.error('warn', message, details),
};

const startSwitch = async (): Promise<void> => {
  mkdirSync(ovs, { recursive: true });
  await ipBatch([`netns add ${nodeName}`]);
  await ipBatch(['link set lo up'], { netns: nodeName });
  await run('ovsdb-tool', ['create', `${ovs}/conf.db`, '/usr/share/openvswitch/vswitch.ovsschema']);
  const env = { ...process.env, OVS_RUNDIR: ovs };
  const server = [
    'ovsdb-server',
    `${ovs}/conf.db`,
    `--remote=punix:${ovsSocket}`,
    `--unixctl=${ovs}/server.ctl`,
  ] as const;
  startDaemon({ name: 'ovsdb-server', command: [...server], logFile: `${ovs}/server.log`, env, netns: nodeName });
  await run('sh', ['-c', `until [ -S ${ovsSocket} ]; do sleep 0.02; done`]);
  await ovsVsctl(ovsSocket, [['init']], { wait: false });
  const vswitchd = [
    'ovs-vswitchd',
    `unix:${ovsSocket}`,
    `--unixctl=${ovs}/vswitchd.ctl`,
    `--pidfile=${ovs}/v.pid`,
  ] as const;
  startDaemon({ name: 'ovs-vswitchd', command: [...vswitchd], logFile: `${ovs}/vswitchd.log`, env, netns: nodeName });
  await ovsVsctl(ovsSocket, [
    ['add-br', 'br-int'],
    ['set', 'bridge', 'br-int', 'datapath_type=netdev'],
  ]);
};

const startAgent = (config: ClusterConfig) =>
  startNodeAgent({
    client: new KubeClient({ config, fieldManager: 'agent' }),
    nodeName,
    netns: nodeName,
    ovsSocket,
    nodeIPs: ['192.168.1.4'],
    images: new Map([
      ['echo', echoCommand],
      ['sh', ['/bin/sh']],
    ]),
    roles: ['worker'],
    environment: { KUBERNETES_SERVICE_HOST: '10.101.0.1' },
    portTimeoutMs: 0,
    restartBackoff: { firstMs: 100, longestMs: 1000 },
    logger,
  });

/** One agent's process: answers until it is killed. */
const serve = async (): Promise<void> => {
  const agent = await startAgent(JSON.parse(process.env.CLUSTER_CONFIG ?? '{}') as ClusterConfig);
  const answer = async (request: Request): Promise<unknown> => {
    if ('run' in request) return tryRun(request.run[0], request.run.slice(1));
    if ('logs' in request) return agent.logs(request.logs, { previous: request.previous ?? false });
    const command = agent.execCommand(request.exec, request.command);
    return command && tryRun(command[0], command.slice(1));
  };
  process.on('message', (request: Request) => {
    answer(request).then(
      result => process.send?.({ id: request.id, result }),
      error => process.send?.({ id: request.id, error: String(error) }),
    );
  });
  process.send?.({ id: 0, result: 'ready' });
};

/** The first process of the sandbox: sets the node up, and passes questions on to the agent of the day. */
const supervise = async (): Promise<void> => {
  await startSwitch();
  const begin = () => fork(new URL(import.meta.url), ['agent']).on('message', message => process.send?.(message));
  let agent = begin();
  process.on('message', (message: Request | { kill: true }) => {
    if (!('kill' in message)) return agent.send(message);
    agent.once('exit', () => {
      agent = begin();
    });
    return agent.kill('SIGKILL');
  });
  process.on('disconnect', () => process.exit());
};

await (process.argv[2] === 'agent' ? serve() : supervise());
