/** The programs that a lab, or a cluster, runs: declared here because only `main` may know them. */
import type { Command } from 'commander';

export interface ApiServerFlags {
  data: string;
  kubeconfig: string;
  port: string;
  alsoKnownAs: readonly string[];
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const addPrograms = (program: Command): void => {
  program
    .command('apiserver')
    .description('an embedded Kubernetes API on loopback')
    .requiredOption('--data <folder>', 'its database and certificates')
    .requiredOption('--kubeconfig <file>', "where to write the administrator's kubeconfig once it serves")
    .option('--port <number>', 'on 127.0.0.1; 0 takes any free one', '0')
    .option('--also-known-as <name>', 'a further name or address of its certificate; may be repeated', collect, [])
    .action(async (flags: ApiServerFlags) => (await import('./apiserver.ts')).runApiServer(flags));
};
