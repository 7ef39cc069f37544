import { expect, it } from 'vitest';
import { inOrderOfKind } from './manifests.ts';

const object = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { name } });

it('applies what others rest on first, workloads last, and keeps the order within a kind', () => {
  const objects = [
    object('Pod', 'p'),
    object('HTTPRoute', 'r'),
    object('Service', 's'),
    object('Subnet', 'b'),
    object('Subnet', 'a'),
    object('Namespace', 'n'),
    object('CustomResourceDefinition', 'c'),
  ];
  expect(inOrderOfKind(objects).map(({ metadata }) => metadata.name)).toEqual(['c', 'n', 'b', 'a', 'r', 's', 'p']);
});
