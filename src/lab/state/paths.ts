import { join } from 'node:path';

/** Where one lab keeps everything: sockets, logs, databases, process ids. Nothing of it is elsewhere; `down` removes it. */
export interface LabPaths {
  readonly directory: string;
  /** What the lab was asked to be; written by `up`, read by the supervisor and the sandbox. */
  readonly request: string;
  readonly supervisorIdentity: string;
  readonly supervisorSocket: string;
  readonly sandboxSocket: string;
  /** Bytes sent here reach the Kubernetes API, from any network namespace. */
  readonly apiSocket: string;
  readonly apiData: string;
  /** For clients outside the sandbox, over loopback. */
  readonly kubeconfig: string;
  /** For clients in nodes and pods, at the `kubernetes` Service's address. */
  readonly kubeconfigInside: string;
  /** First on the PATH of everything the lab runs: `kdc`, `kubectl`, `node`. */
  readonly programs: string;
  readonly ovn: string;
  readonly northbound: string;
  readonly southbound: string;
  readonly logs: string;
  readonly pods: string;
  machine(name: string): string;
  /** The log of a component: `apiserver`, `kube-dc-worker-1/ovs-vswitchd`. */
  log(component: string): string;
}

export const labPaths = (directory: string): LabPaths => {
  const at = (...names: string[]): string => join(directory, ...names);
  return {
    directory,
    request: at('request.json'),
    supervisorIdentity: at('supervisor.json'),
    supervisorSocket: at('supervisor.sock'),
    sandboxSocket: at('sandbox.sock'),
    apiSocket: at('api.sock'),
    apiData: at('api'),
    kubeconfig: at('kubeconfig'),
    kubeconfigInside: at('kubeconfig.inside'),
    programs: at('programs'),
    ovn: at('ovn'),
    northbound: at('ovn', 'nb.sock'),
    southbound: at('ovn', 'sb.sock'),
    logs: at('logs'),
    pods: at('pods'),
    machine: name => at('machines', name),
    log: component => at('logs', `${component}.log`),
  };
};

/**
 * The folder that holds the folders of all this user's labs. It is one that a restart of the machine empties: root's
 * `/run/kdc`, the user's runtime directory, or a folder of theirs in `/tmp`.
 */
export const labsDirectory = (uid: number, runtimeDirectory: string | undefined): string => {
  if (uid === 0) return '/run/kdc';
  return runtimeDirectory ? join(runtimeDirectory, 'kdc') : `/tmp/kdc-${uid}`;
};
