import { describe, expect, it } from 'vitest';
import { whyNotReady } from './readiness.ts';

const object = (kind: string, apiVersion: string, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'x', generation: 2 },
  ...rest,
});
const ready = (status: 'True' | 'False', observedGeneration = 2) => ({
  status: {
    conditions: [
      {
        type: 'Ready',
        status,
        reason: 'CidrOverlaps',
        message: 'it overlaps',
        observedGeneration,
        lastTransitionTime: '',
      },
    ],
  },
});

describe('whyNotReady', () => {
  it.each<[string, ReturnType<typeof object>, string | undefined]>([
    ['a ready Vpc', object('Vpc', 'kubeovn.io/v1', ready('True')), undefined],
    ['a refused Vpc', object('Vpc', 'kubeovn.io/v1', ready('False')), 'CidrOverlaps: it overlaps'],
    [
      'a Vpc judged before its last change',
      object('Vpc', 'kubeovn.io/v1', ready('True', 1)),
      'nobody has looked at its last change yet',
    ],
    ['a new EIp', object('EIp', 'kube-dc.com/v1'), 'nobody has looked at it yet'],
    ['a new ProviderNetwork', object('ProviderNetwork', 'kubeovn.io/v1'), 'nobody has looked at it yet'],
    ['a Namespace', object('Namespace', 'v1'), undefined],
    ['a ClusterIP Service', object('Service', 'v1', { spec: { type: 'ClusterIP' } }), undefined],
    [
      'a LoadBalancer without address',
      object('Service', 'v1', { spec: { type: 'LoadBalancer' } }),
      'nobody has looked at it yet',
    ],
    [
      'a LoadBalancer with address',
      object('Service', 'v1', { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{}] } } }),
      undefined,
    ],
    [
      'a Pod whose container waits',
      object('Pod', 'v1', {
        status: {
          conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
          containerStatuses: [
            { name: 'app', state: { waiting: { reason: 'ErrImagePull', message: 'no such image' } } },
          ],
        },
      }),
      'ContainersNotReady; container app: ErrImagePull: no such image',
    ],
    [
      'a Deployment on its way',
      object('Deployment', 'apps/v1', { spec: { replicas: 2 }, status: { availableReplicas: 1 } }),
      '1 of 2 pods are available',
    ],
  ])('%s', (_, subject, reason) => {
    expect(whyNotReady(subject)).toBe(reason);
  });
});
