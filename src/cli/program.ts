/** The commands of `kdc`: their names, arguments and options. What they do is loaded when one is called. */
import { Command } from 'commander';
import type { CliContext } from './context.ts';

const LAB_NAME = ['--name <name>', 'which lab; any number can run side by side', 'kdc'] as const;

/** Not by name: in a user namespace, whose root we are, the name would lead elsewhere. */
const LAB_DIRECTORY = ['--directory <folder>', 'where the lab keeps its files'] as const;

/** Collects an option that may be given more than once. */
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const createProgram = (context: CliContext): Command => {
  const program = new Command('kdc')
    .description('The tenant network of a Kubernetes data centre: projects, VPCs, external addresses, load balancers.')
    .version(context.version)
    .enablePositionalOptions()
    .showHelpAfterError('(kdc --help shows what there is)')
    .exitOverride();
  addLabCommands(program, context);
  return program;
};

const addLabCommands = (program: Command, context: CliContext): void => {
  const lab = program
    .command('lab')
    .description('the whole data centre on this machine, real packets included')
    .enablePositionalOptions()
    .addHelpText('after', EXIT_CODES);

  lab
    .command('up')
    .description('start a lab, or apply its scenario again')
    .argument('[scenario]', 'folder of a scenario (default: examples/kube-dc)')
    .option(...LAB_NAME)
    .option('--kubeconfig <file>', 'use the Kubernetes API of this kubeconfig instead of the embedded one')
    .option(
      '--image <name=command>',
      'what a container image stands for, added to the scenario; may be repeated',
      collect,
      [],
    )
    .action(async (scenario, options) => (await import('./lab-up.ts')).labUp(context, scenario, options));

  lab
    .command('check')
    .description("run the scenario's traffic checks; exits 0 only if all hold")
    .argument('[check...]', 'names of checks (default: all)')
    .option(...LAB_NAME)
    .action(async (names, options) => (await import('./lab-check.ts')).labCheck(context, names, options));

  lab
    .command('exec')
    .description("run a command on a node, an outside host or a pod; its input and exit code are the command's own")
    .argument('<machine>', 'kube-dc-worker-1, internet, or namespace/pod')
    .argument('<command...>', 'the command, after --')
    .option(...LAB_NAME)
    .passThroughOptions()
    .action(async (machine, command, options) =>
      (await import('./lab-exec.ts')).labExec(context, machine, command, options),
    );

  lab
    .command('status')
    .description('the processes of a lab and their memory')
    .option(...LAB_NAME)
    .action(async options => (await import('./lab-status.ts')).labStatus(context, options));

  lab
    .command('logs')
    .description('the log of a component; without one, the list of components')
    .argument('[component]', 'apiserver, controller, kube-dc-worker-1/ovs-vswitchd, …')
    .option(...LAB_NAME)
    .option('-f, --follow', 'go on with what is written later')
    .action(async (component, options) => (await import('./lab-logs.ts')).labLogs(context, component, options));

  lab
    .command('kubeconfig')
    .description('the path of a kubeconfig for kubectl on this machine')
    .option(...LAB_NAME)
    .action(async options => (await import('./lab-kubeconfig.ts')).labKubeconfig(context, options));

  lab
    .command('down')
    .description('end a lab; nothing of it is left behind')
    .option(...LAB_NAME)
    .action(async options => (await import('./lab-down.ts')).labDown(context, options));

  lab
    .command('supervise', { hidden: true })
    .requiredOption(...LAB_DIRECTORY)
    .action(async options => (await import('./lab-internal.ts')).superviseLab(context, options));

  lab
    .command('init', { hidden: true })
    .requiredOption(...LAB_DIRECTORY)
    .action(async options => (await import('./lab-internal.ts')).initSandbox(context, options));
};

const EXIT_CODES = `
Exit codes:
  0    it is done, and every check held
  1    it was tried and did not come true
  2    the request itself is wrong: an unknown machine, a mistake in a scenario
  3    no lab of that name is running
  70   a bug in kdc
  130  interrupted
exec ends with the code of the command it ran.`;
