/** Objects for the tests of this folder. */
import type { Deployment, Node, Pod, PodSpec, ReplicaSet } from './core-kinds.ts';

export const aPod = (name: string, spec: Partial<PodSpec> = {}, changes: Partial<Pod> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  ...changes,
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels: { app: 'web' }, ...changes.metadata },
  spec: { containers: [{ name: 'main', image: 'echo' }], ...spec },
});

/** A pod that runs at the address, ready unless said otherwise. */
export const aRunningPod = (name: string, ip: string, ready = true, spec: Partial<PodSpec> = {}): Pod =>
  aPod(
    name,
    { nodeName: 'node-1', ...spec },
    {
      status: {
        phase: 'Running',
        podIP: ip,
        podIPs: [{ ip }],
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
      },
    },
  );

export const aNode = (name: string, changes: Partial<Node> = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...changes.metadata?.labels } },
  spec: changes.spec ?? {},
  status: changes.status ?? { conditions: [{ type: 'Ready', status: 'True' }] },
});

export const ownedBy = (uid: string, kind = 'ReplicaSet') => [
  { apiVersion: 'apps/v1', kind, name: `name-of-${uid}`, uid, controller: true },
];

export const aReplicaSet = (replicas: number): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web-1', namespace: 'shop', uid: 'set', generation: 1 },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'echo' }] } },
  },
});

export const aDeployment = (replicas: number, changes: Partial<Deployment['spec']> = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'deployment', generation: 1 },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'echo' }] } },
    ...changes,
  },
});
