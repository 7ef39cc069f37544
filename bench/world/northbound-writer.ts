/** One load balancer written to a database by other means than ours: the least that a new VIP costs. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Northbound } from '../../src/controllers/targets/northbound.ts';
import { nbDatabase } from '../../src/ovsdb/generated/ovn-nb.ts';
import { named, type Operation, Operations } from '../../src/ovsdb/operations.ts';
import type { Uuid } from '../../src/ovsdb/values.ts';

const run = promisify(execFile);
const nb = new Operations(nbDatabase);

const vips = (index: number): Record<string, string> => ({
  [`100.66.${index >> 8}.${index & 255}:80`]: '10.0.0.28:8080,10.0.0.29:8080',
});

/** The operations of a new Service, byte for byte as long as the controller's; the stamp is of nobody we know, so it is left alone. */
export const loadBalancerOperations = (group: Uuid, index: number): Operation[] => [
  nb.insert(
    'Load_Balancer',
    {
      name: `bench-p-0/bare-${index}/tcp`,
      protocol: 'tcp',
      vips: vips(index),
      options: { reject: 'true' },
      external_ids: { 'bare-dc.com/owner': `Service/bench-p-0/bare-${index}`, 'bare-dc.com/key': 'TCP' },
    },
    'row0',
  ),
  nb.mutate('Load_Balancer_Group', group, [['load_balancer', 'insert', [named('row0')]]]),
];

export const anyGroup = (northbound: Northbound): Uuid => {
  for (const uuid of northbound.table('Load_Balancer_Group').rows.keys()) return uuid;
  throw new Error('no VPC has a group of load balancers yet');
};

/** `ovn-nbctl` as a daemon with a replica of its own, asked by one process for each command. */
export class NbctlDaemon implements AsyncDisposable {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async start(remote: string, directory: string): Promise<NbctlDaemon> {
    const socket = join(directory, 'nbctl.ctl');
    const args = [`--db=${remote}`, '--no-leader-only', '--detach', '--no-chdir', `--unixctl=${socket}`];
    await run('ovn-nbctl', args);
    return new NbctlDaemon(socket);
  }

  async addLoadBalancer(group: Uuid, index: number): Promise<void> {
    const [vip, backends] = Object.entries(vips(index))[0] ?? ['', ''];
    await run(
      'ovn-nbctl',
      [
        '--no-wait',
        '--id=@lb',
        ...['create', 'Load_Balancer', `name=peer-${index}`, 'protocol=tcp', `vips:"${vip}"="${backends}"`],
        ...['--', 'add', 'Load_Balancer_Group', group, 'load_balancer', '@lb'],
      ],
      { env: { ...process.env, OVN_NB_DAEMON: this.#socket } },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('ovs-appctl', ['-t', this.#socket, 'exit']);
  }
}
