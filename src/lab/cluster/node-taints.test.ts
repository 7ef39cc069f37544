import { expect, it } from 'vitest';
import { aNode } from './fixtures.ts';
import { taintsOf } from './node-taints.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' };
const others = { key: 'gpu', effect: 'NoSchedule' };

const node = (status: 'True' | 'False' | 'Unknown' | undefined, taints: (typeof others)[]) =>
  aNode('node-1', { spec: { taints }, status: status ? { conditions: [{ type: 'Ready', status }] } : {} });

it.each([
  ['takes away what the API server gave a new node, once it is ready', 'True', [notReady, others], [others]],
  ['taints a node that is not ready', 'False', [others], [others, notReady]],
  ['taints a silent node', 'Unknown', [notReady], [unreachable]],
  ['leaves a taint that is right', 'False', [notReady], [notReady]],
  ['leaves a node alone that has not said yet how it is', undefined, [notReady], [notReady]],
] as const)('%s', (_, status, before, after) => {
  expect(taintsOf(node(status, [...before]))).toEqual(after);
});
