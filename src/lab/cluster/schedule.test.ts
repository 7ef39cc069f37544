import { describe, expect, it } from 'vitest';
import type { PodSpec } from './core-kinds.ts';
import { aNode, aPod, ownedBy } from './fixtures.ts';
import { placePod } from './schedule.ts';

const two = [aNode('node-1'), aNode('node-2')];
const onNode = (name: string, node: string, spec: Partial<PodSpec> = {}) => aPod(name, { nodeName: node, ...spec });

const requires = (operator: string, values: string[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator, values }] }],
      },
    },
  },
});

const apart = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
      ],
    },
  },
};

describe('a pod is placed', () => {
  it('where the fewest pods of its owner are, whatever else is there', () => {
    const metadata = { name: 'sibling', namespace: 'shop', ownerReferences: ownedBy('set') };
    const sibling = aPod('sibling', { nodeName: 'node-1' }, { metadata });
    const crowd = ['a', 'b', 'c'].map(name => onNode(name, 'node-2'));
    const pod = aPod('new', {}, { metadata: { name: 'new', namespace: 'shop', ownerReferences: ownedBy('set') } });
    expect(placePod(pod, two, [sibling, ...crowd])).toEqual({ nodeName: 'node-2' });
  });

  it('where the fewest pods are, those that have ended not counted', () => {
    const ended = aPod('ended', { nodeName: 'node-1' }, { status: { phase: 'Succeeded' } });
    expect(placePod(aPod('new'), two, [onNode('a', 'node-2'), ended])).toEqual({ nodeName: 'node-1' });
  });

  it.each<[string, Partial<PodSpec>]>([
    ['its node selector', { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } }],
    ['its node affinity', requires('In', ['node-2'])],
    ['its pod anti-affinity', apart],
    ['the host ports it needs', { containers: [{ name: 'x', ports: [{ containerPort: 53, hostPort: 53 }] }] }],
  ])('only where %s allows', (_, spec) => {
    const neighbour = onNode('a', 'node-1', {
      containers: [{ name: 'x', ports: [{ containerPort: 1, hostPort: 53 }] }],
    });
    const others = [
      neighbour,
      ...['b', 'c', 'd'].map(name => aPod(name, { nodeName: 'node-2' }, { metadata: { name, namespace: 'other' } })),
    ];
    expect(placePod(aPod('new', spec), two, others)).toEqual({ nodeName: 'node-2' });
  });

  it('not where a neighbour wants to be apart from it', () => {
    expect(placePod(aPod('new'), two, [onNode('a', 'node-1', apart)])).toEqual({ nodeName: 'node-2' });
  });
});

describe('a pod without a place is told why', () => {
  it.each([
    ['no nodes', [], 'no nodes available to schedule pods'],
    [
      'a cordoned node',
      [aNode('n', { spec: { unschedulable: true } })],
      '0/1 nodes are available: 1 node(s) were unschedulable.',
    ],
    ['a dead node', [aNode('n', { status: { conditions: [] } })], '0/1 nodes are available: 1 node(s) were not ready.'],
    [
      'a taint',
      [
        aNode('n', { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } }),
        aNode('m', { status: {} }),
      ],
      '0/2 nodes are available: 1 node(s) had untolerated taint {gpu: yes}, 1 node(s) were not ready.',
    ],
  ])('%s', (_, nodes, message) => {
    expect(placePod(aPod('new'), nodes, [])).toEqual({ message });
  });

  it('unless it tolerates the taint', () => {
    const tainted = aNode('n', { spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] } });
    const fits = { nodeName: 'n' };
    expect(placePod(aPod('a', { tolerations: [{ key: 'gpu', operator: 'Exists' }] }), [tainted], [])).toEqual(fits);
    expect(placePod(aPod('b', { tolerations: [{ key: 'gpu', value: 'yes' }] }), [tainted], [])).toEqual(fits);
    expect(placePod(aPod('c', { tolerations: [{ key: 'gpu', value: 'no' }] }), [tainted], [])).toHaveProperty(
      'message',
    );
  });
});
