import { describe, expect, it } from 'vitest';
import type { Container, Pod } from '../cluster/core-kinds.ts';
import { aRunningPod } from '../cluster/fixtures.ts';
import { type EnvSources, expandVariables, resolveCommand, resolveEnvironment } from './container-command.ts';

const pod: Pod = aRunningPod('web-1', '10.0.10.28');

const sources: EnvSources = {
  pod,
  secret: name =>
    name === 'login'
      ? { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { user: btoa('ann') } }
      : undefined,
  configMap: name =>
    name === 'settings'
      ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { level: 'debug', mode: 'fast' } }
      : undefined,
};

const resolve = (container: Partial<Container>) => {
  const result = resolveEnvironment({ name: 'main', ...container }, sources);
  return 'value' in result ? Object.fromEntries(result.value) : result;
};

describe('variables in text', () => {
  it.each([
    ['$(A)', '1'],
    ['x$(A)y$(B)', 'x1y2'],
    ['$(MISSING) $A {A}', '$(MISSING) $A {A}'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['100%', '100%'],
    ['$(A', '$(A'],
  ])('%s → %s', (text, expected) => {
    expect(
      expandVariables(
        text,
        new Map([
          ['A', '1'],
          ['B', '2'],
        ]),
      ),
    ).toBe(expected);
  });
});

describe('the environment of a container', () => {
  it('takes values from the pod, Secrets and ConfigMaps', () => {
    const env = [
      { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'USER', valueFrom: { secretKeyRef: { name: 'login', key: 'user' } } },
      { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
    ];
    expect(resolve({ env, resources: { limits: { cpu: '2' } } })).toEqual({
      NAME: 'web-1',
      IP: '10.0.10.28',
      APP: 'web',
      USER: 'ann',
      LEVEL: 'debug',
      CPU: '2',
    });
  });

  it('lets later entries win over earlier ones and use them, and own ones over whole sources', () => {
    const envFrom = [{ configMapRef: { name: 'settings' } }, { prefix: 'C_', configMapRef: { name: 'settings' } }];
    const env = [
      { name: 'mode', value: 'slow' },
      { name: 'BOTH', value: '$(level)-$(mode)-$(LATER)' },
      { name: 'LATER', value: 'x' },
    ];
    expect(resolve({ env, envFrom })).toEqual({
      level: 'debug',
      mode: 'slow',
      C_level: 'debug',
      C_mode: 'fast',
      BOTH: 'debug-slow-$(LATER)',
      LATER: 'x',
    });
  });

  it.each<[Partial<Container>, string]>([
    [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'k' } } }] }, 'secret "none" not found'],
    [
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'login', key: 'k' } } }] },
      "couldn't find key k in secret login",
    ],
    [
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' } } }] },
      'configmap "none" not found',
    ],
    [{ envFrom: [{ secretRef: { name: 'none' } }] }, 'secret "none" not found'],
  ])('of %j waits: %s', (container, missing) => {
    expect(resolve(container)).toEqual({ missing });
  });

  it('goes without what is optional', () => {
    const valueFrom = { secretKeyRef: { name: 'none', key: 'k', optional: true } };
    const envFrom = [{ secretRef: { name: 'none', optional: true } }];
    expect(resolve({ env: [{ name: 'A', valueFrom }], envFrom })).toEqual({});
  });
});

describe('the command line of a container', () => {
  const image = ['nginx', '-g', 'daemon off;'];
  it.each<[Partial<Container>, string[]]>([
    [{}, ['nginx', '-g', 'daemon off;']],
    [{ args: ['-v'] }, ['nginx', '-g', 'daemon off;', '-v']],
    [{ command: ['sleep'] }, ['sleep']],
    [{ command: ['sleep'], args: ['$(TIME)'] }, ['sleep', '5']],
  ])('%j → %j', (container, expected) => {
    expect(resolveCommand({ name: 'main', ...container }, image, new Map([['TIME', '5']]))).toEqual(expected);
  });
});
