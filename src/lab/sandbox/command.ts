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

/** Where a command is to run: a machine, a node or a pod. */
export interface Place {
  netns: string;
  /** A process in the sandbox whose mount namespace to use; without it the sandbox's own. */
  mountsOf?: number | undefined;
}

export interface SandboxRef {
  /** The sandbox's process 1, as the host numbers it. */
  sandboxPid: number;
  uid: number;
}

/** A command line that, started on the host, runs in a place of the sandbox, on the caller's terminal. */
export const enterCommand = (
  { sandboxPid, uid }: SandboxRef,
  place: Place,
  command: readonly string[],
): [string, ...string[]] => {
  const inside = `/proc/${sandboxPid}/root`;
  const mounts = place.mountsOf === undefined ? '--mount' : `--mount=${inside}/proc/${place.mountsOf}/ns/mnt`;
  return [
    'nsenter',
    `--target=${sandboxPid}`,
    ...(uid === 0 ? [] : ['--user', '--preserve-credentials']),
    mounts,
    '--pid',
    `--net=${inside}/run/netns/${place.netns}`,
    '--',
    ...command,
  ];
};
