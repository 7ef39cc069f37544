/** The programs that a lab, or a cluster, runs: declared here because only `main` may know them. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ApiServerFlags, ControllerFlags } from './flags.ts';

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'];

/** @throws InvalidArgumentError which commander shows with the option's name */
const toPort = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
};

export const addPrograms = (program: Command): void => {
  program
    .command('echo')
    .description('an HTTP and UDP server that tells clients how they arrived; PORT says where (default 80)')
    .action(async () => (await import('../lab/echo-server.ts')).runEcho(process.env));
  program
    .command('apiserver')
    .description('an embedded Kubernetes API on loopback')
    .requiredOption('--data <folder>', 'its database and certificates')
    .requiredOption('--kubeconfig <file>', "where to write the administrator's kubeconfig once it serves")
    .option('--port <number>', 'on 127.0.0.1; 0 takes any free one', toPort, 0)
    .option('--also-known-as <name>', 'a further name or address of its certificate; may be repeated', collect, [])
    .action(async (flags: ApiServerFlags) => (await import('./apiserver.ts')).runApiServer(flags));
  program
    .command('controller')
    .description('reconcile projects, VPCs, addresses and load balancers into Kubernetes objects and OVN rows')
    .option('--kubeconfig <file>', 'the cluster; without it the one this process runs in')
    .requiredOption(
      '--ovn-nb <remotes>',
      'the Northbound database: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT, several with commas',
    )
    .option('--ovn-ca <file>', "for ssl: who signed the database servers' certificates")
    .option('--ovn-cert <file>', 'for ssl: our certificate')
    .option('--ovn-key <file>', 'for ssl: its key')
    .option('--no-vpc-engine', 'leave the kubeovn.io kinds to Kube-OVN, and program load balancers only')
    .option('--no-leader-elect', 'do not wait to be elected; for a single instance')
    .option('--namespace <name>', 'where the Lease for leader election is', 'kube-system')
    .addOption(new Option('--log-level <level>', 'what is logged').choices(LOG_LEVELS).default('info'))
    .action(async (flags: ControllerFlags) => (await import('./controller.ts')).runController(flags));
};
