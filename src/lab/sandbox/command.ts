/** Pure: the command line of the sandbox, a set of Linux namespaces that nothing leaves and that dies with its first process. */

/**
 * Runs as process 1 of the sandbox. `ip netns` wants a /run of its own; the lab's folder, if it is in /run, stays where it
 * was. The shell stays to collect the processes that lose their parent, which Node does not do.
 */
const FIRST_PROCESS = `
set -e
folder=$1; shift
mkdir -p "$folder/run"
mount -n -t tmpfs -o mode=755 tmpfs "$folder/run"
case $folder in /run/*) mkdir -p "$folder/run/\${folder#/run/}"; mount -n --bind "$folder" "$folder/run/\${folder#/run/}";; esac
mount -n --move "$folder/run" /run
mkdir -p /run/netns /run/lock
ip link set lo up
"$@"
exit $?
`;

/** An ordinary user becomes root of a user namespace first. */
export const sandboxCommand = (uid: number, labFolder: string, command: readonly string[]): [string, ...string[]] => [
  'unshare',
  ...(uid === 0 ? [] : ['--user', '--map-root-user']),
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
  '--',
  '/bin/bash',
  '-c',
  FIRST_PROCESS,
  'kdc-sandbox',
  labFolder,
  ...command,
];

export interface SandboxRef {
  /** The sandbox's process 1, as the host numbers it. */
  sandboxPid: number;
  uid: number;
}

/** A command line that, started on the host, runs in the sandbox on the caller's terminal: in one machine's network, or in none. */
export const enterCommand = (
  { sandboxPid, uid }: SandboxRef,
  netns: string | undefined,
  command: readonly string[],
): [string, ...string[]] => [
  'nsenter',
  `--target=${sandboxPid}`,
  ...(uid === 0 ? [] : ['--user', '--preserve-credentials']),
  '--mount',
  // Its root and its folder too: a mount namespace is entered at its top, which is not where a sandbox inside a chroot is.
  '--root',
  '--wd',
  '--pid',
  netns === undefined ? '--net' : `--net=/proc/${sandboxPid}/root/run/netns/${netns}`,
  '--',
  ...command,
];
