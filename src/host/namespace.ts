/** Where `ip netns` keeps its names. */
const NETNS_DIRECTORY = '/run/netns';

export const namespacePath = (netns: string): string => `${NETNS_DIRECTORY}/${netns}`;

/** A command line that runs in a network namespace. `nsenter` replaces itself: the process id is the command's own. */
export const inNamespace = (
  netns: string | undefined,
  command: readonly [string, ...string[]],
): [string, ...string[]] =>
  netns === undefined ? [...command] : ['nsenter', `--net=${namespacePath(netns)}`, '--', ...command];
