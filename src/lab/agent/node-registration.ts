/** The Node object of this machine and its Lease, by which the cluster knows that it lives. */

import { availableParallelism, release, totalmem } from 'node:os';
import { sleep } from '../../base/clock.ts';
import { Conflict, NotFound } from '../../kube/errors.ts';
import { metaTime } from '../../resources/meta.ts';
import { type Lease, leases, type Node, nodes } from '../cluster/core-kinds.ts';
import type { AgentContext } from './agent-context.ts';

/** As kubelet's: the Lease says 40 s and is renewed every 10 s. */
const leaseSeconds = 40;
const renewMs = 10_000;
const leaseNamespace = 'kube-node-lease';

export interface NodeIdentity {
  roles: readonly string[];
  labels: Readonly<Record<string, string>>;
}

const labelsOf = (nodeName: string, { roles, labels }: NodeIdentity): Record<string, string> => ({
  'kubernetes.io/hostname': nodeName,
  'kubernetes.io/os': 'linux',
  'kubernetes.io/arch': process.arch === 'x64' ? 'amd64' : process.arch,
  ...Object.fromEntries(roles.map(role => [`node-role.kubernetes.io/${role}`, ''])),
  ...labels,
});

const statusOf = ({ nodeName, nodeIPs, clock }: AgentContext): NonNullable<Node['status']> => {
  const resources = {
    cpu: String(availableParallelism()),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: '110',
  };
  const now = metaTime(clock.date());
  return {
    addresses: [...nodeIPs.map(address => ({ type: 'InternalIP', address })), { type: 'Hostname', address: nodeName }],
    capacity: resources,
    allocatable: resources,
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: "the lab's node agent is ready",
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      operatingSystem: 'linux',
      kubeletVersion: 'v1.35.0-lab',
      kubeProxyVersion: '',
      containerRuntimeVersion: 'lab://1',
      osImage: 'kdc lab',
      kernelVersion: release(),
      machineID: nodeName,
      systemUUID: nodeName,
      bootID: nodeName,
    },
  };
};

/** Creates the Node or brings it up to date, and says that it is ready. */
const registerNode = async (context: AgentContext, identity: NodeIdentity): Promise<void> => {
  const { client, nodeName } = context;
  const metadata = { name: nodeName, labels: labelsOf(nodeName, identity) };
  const ref = { name: nodeName };
  if (await client.find(nodes, ref)) await client.patch(nodes, ref, { type: 'merge', body: { metadata } });
  else await client.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata });
  const body = { status: statusOf(context) };
  await client.patch(nodes, ref, { type: 'merge', body }, { subresource: 'status' });
};

const renewLease = async ({ client, nodeName, clock }: AgentContext): Promise<void> => {
  // `metav1.MicroTime` wants six digits.
  const renewTime = clock.date().toISOString().replace('Z', '000Z');
  const spec = { holderIdentity: nodeName, leaseDurationSeconds: leaseSeconds, renewTime };
  const ref = { namespace: leaseNamespace, name: nodeName };
  await client.patch(leases, ref, { type: 'merge', body: { spec } }).catch(async error => {
    if (!(error instanceof NotFound)) throw error;
    const lease: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: ref, spec };
    await client.create(leases, lease);
  });
};

/** A kube-apiserver makes this namespace itself; others may not. */
const ensureLeaseNamespace = async ({ client }: AgentContext): Promise<void> => {
  const type = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
  if (await client.find(type, { name: leaseNamespace })) return;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: leaseNamespace } };
  await client.create(type, namespace).catch(error => {
    if (!(error instanceof Conflict) && error.name !== 'AlreadyExists') throw error;
  });
};

/** Registers, then renews the Lease until the signal is aborted. A Node that was declared dead meanwhile comes back. */
export const keepRegistered = async (
  context: AgentContext,
  identity: NodeIdentity,
  signal: AbortSignal,
): Promise<{ ended: Promise<void> }> => {
  await ensureLeaseNamespace(context);
  await renewLease(context);
  await registerNode(context, identity);
  const renew = async (): Promise<void> => {
    let failed = false;
    while (!signal.aborted) {
      await sleep(context.clock, renewMs, signal);
      if (signal.aborted) return;
      try {
        await renewLease(context);
        if (failed) await registerNode(context, identity);
        failed = false;
      } catch (error) {
        failed = true;
        context.logger.warn({ err: error, node: context.nodeName }, 'the node could not renew its lease');
      }
    }
  };
  return { ended: renew() };
};
