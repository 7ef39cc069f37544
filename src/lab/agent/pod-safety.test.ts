import { describe, expect, it } from 'vitest';
import type { Container, PodSpec } from '../cluster/core-kinds.ts';
import { aPod } from '../cluster/fixtures.ts';
import { isWithin, unsafeField } from './pod-safety.ts';

const withContainer = (changes: Partial<Container>) =>
  aPod('web', { containers: [{ name: 'main', image: 'echo', ...changes }] });

describe('a pod is refused', () => {
  it.each<[string, Partial<Container>]>([
    ['spec.containers[0].name', { name: '../../../etc' }],
    ['spec.containers[0].name', { name: '' }],
    ['spec.containers[0].workingDir', { workingDir: '/nothing/../../../../../run' }],
    ['spec.containers[0].workingDir', { workingDir: 'srv' }],
    ['spec.containers[0].volumeMounts[0].mountPath', { volumeMounts: [{ name: 'v', mountPath: '/a\n/etc/passwd' }] }],
    ['spec.containers[0].volumeMounts[0].mountPath', { volumeMounts: [{ name: 'v', mountPath: '/none/../../../x' }] }],
    ['spec.containers[0].volumeMounts[0].subPath', { volumeMounts: [{ name: 'v', mountPath: '/a', subPath: '../x' }] }],
    ['spec.containers[0].volumeMounts[0].subPath', { volumeMounts: [{ name: 'v', mountPath: '/a', subPath: '/etc' }] }],
  ])('whose %s leads elsewhere', (field, changes) => {
    expect(unsafeField(withContainer(changes))).toContain(field);
  });

  it.each<[string, Partial<PodSpec>]>([
    ['spec.hostname', { hostname: '-F/etc/shadow' }],
    ['spec.serviceAccountName', { serviceAccountName: '../../kube-system/serviceaccounts/admin' }],
    ['spec.volumes[0].name', { volumes: [{ name: '../../../etc' }] }],
    ['spec.volumes[0].hostPath.path', { volumes: [{ name: 'v', hostPath: { path: '/run/../etc' } }] }],
    ['spec.initContainers[0].name', { initContainers: [{ name: 'a\nb', image: 'echo' }] }],
  ])('whose %s is none', (field, spec) => {
    expect(unsafeField(aPod('web', spec))).toContain(field);
  });
});

it('takes what Kubernetes takes', () => {
  const volumes = [
    { name: 'work', emptyDir: {} },
    { name: 'host', hostPath: { path: '/run/my dir' } },
  ];
  const volumeMounts = [{ name: 'work', mountPath: '/srv/..data', subPath: 'a/b' }];
  const containers = [{ name: 'main', image: 'echo', workingDir: '/srv/my app', volumeMounts }];
  const spec = { volumes, containers, hostname: 'web-0', serviceAccountName: 'a.b' };
  expect(unsafeField(aPod('web', spec))).toBeUndefined();
});

it('knows what is within a directory', () => {
  expect(isWithin('/run', '/run')).toBe(true);
  expect(isWithin('/run', '/run/x')).toBe(true);
  expect(isWithin('/run', '/running')).toBe(false);
  expect(isWithin('/', '/etc')).toBe(true);
});
