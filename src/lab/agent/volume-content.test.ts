import { describe, expect, it } from 'vitest';
import type { Volume } from '../cluster/core-kinds.ts';
import { aPod } from '../cluster/fixtures.ts';
import { referencedSources, type VolumeSources, volumeFiles } from './volume-content.ts';

const sources: VolumeSources = {
  pod: aPod('web-1'),
  secret: name =>
    name === 'tls'
      ? { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { crt: btoa('C'), key: btoa('K') } }
      : undefined,
  configMap: name =>
    name === 'conf'
      ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' }, binaryData: { b: btoa('2') } }
      : undefined,
  token: audience => (audience === undefined ? 'a token' : undefined),
};

const files = (volume: Omit<Volume, 'name'>) => {
  const result = volumeFiles({ name: 'v', ...volume }, sources);
  if (!result || 'missing' in result) return result;
  return result.value.map(({ path, content, mode }) => [path, Buffer.from(content).toString(), mode.toString(8)]);
};

describe('the files of a volume', () => {
  it.each<[string, Omit<Volume, 'name'>, unknown]>([
    [
      'of a Secret are its keys',
      { secret: { secretName: 'tls', defaultMode: 0o400 } },
      [
        ['crt', 'C', '400'],
        ['key', 'K', '400'],
      ],
    ],
    [
      'may be chosen, renamed and given a mode of their own',
      { secret: { secretName: 'tls', items: [{ key: 'key', path: 'private/tls.key', mode: 0o600 }] } },
      [['private/tls.key', 'K', '600']],
    ],
    [
      'of a ConfigMap are text and binary',
      { configMap: { name: 'conf' } },
      [
        ['a', '1', '644'],
        ['b', '2', '644'],
      ],
    ],
    [
      'of the downward API are fields of the pod',
      { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      [['labels', 'app="web"', '644']],
    ],
    [
      'of a projected volume come from all of its sources; tokens the API does not issue are left out',
      {
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token' } },
            { serviceAccountToken: { path: 'vault', audience: 'vault' } },
            { configMap: { name: 'conf', items: [{ key: 'a', path: 'ca.crt' }] } },
            { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
          ],
        },
      },
      [
        ['token', 'a token', '600'],
        ['ca.crt', '1', '644'],
        ['namespace', 'shop', '644'],
      ],
    ],
    ['wait for their Secret', { secret: { secretName: 'none' } }, { missing: 'secret "none" not found' }],
    [
      'wait for their keys',
      { configMap: { name: 'conf', items: [{ key: 'z', path: 'z' }] } },
      { missing: 'references non-existent configmap key: z' },
    ],
    ['are none where an optional source is absent', { secret: { secretName: 'none', optional: true } }, []],
    ['are not those of a directory', { emptyDir: {} }, undefined],
  ])('%s', (_, volume, expected) => {
    expect(files(volume)).toEqual(expected);
  });
});

describe('what a pod refers to', () => {
  it('is found in variables and volumes, of init containers too', () => {
    const pod = aPod('x', {
      initContainers: [{ name: 'i', envFrom: [{ secretRef: { name: 's1' } }, { configMapRef: { name: 'c1' } }] }],
      containers: [{ name: 'm', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's2', key: 'k' } } }] }],
      volumes: [
        { name: 'v1', secret: { secretName: 's3' } },
        { name: 'v2', configMap: { name: 'c2' } },
        { name: 'v3', projected: { sources: [{ secret: { name: 's4' } }, { configMap: { name: 'c3' } }] } },
      ],
    });
    const { secrets, configMaps } = referencedSources(pod);
    expect([[...secrets].sort(), [...configMaps].sort()]).toEqual([
      ['s1', 's2', 's3', 's4'],
      ['c1', 'c2', 'c3'],
    ]);
  });
});
