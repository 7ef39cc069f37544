import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allKinds } from './all-kinds.ts';
import { crdFiles } from './crd-yaml.ts';

const directory = join(import.meta.dirname, '../../deploy/crds');

it('deploy/crds is what scripts/generate-crds.ts writes; run it when this fails', () => {
  const onDisk = new Map(
    readdirSync(directory).map(name => [name, readFileSync(join(directory, name), 'utf8')] as const),
  );
  expect([...onDisk.keys()].toSorted()).toEqual([...crdFiles().keys()].toSorted());
  for (const [name, text] of crdFiles()) expect(onDisk.get(name), name).toBe(text);
});

it.each(allKinds.map(kind => [kind.type.kind, kind] as const))(
  '%s has the status, the columns and the conditions that users rely on',
  (_, kind) => {
    const version = kind.crd().spec.versions[0];
    expect(version?.subresources).toEqual({ status: {} });
    expect(version?.additionalPrinterColumns?.map(({ name }) => name)).toContain('Age');
    expect(version?.schema.openAPIV3Schema.properties?.status?.properties?.conditions).toMatchObject({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    });
  },
);

it('no two names or short names of a kind are the same: kubectl would pick one by chance', () => {
  const names = allKinds.flatMap(kind => {
    const { singular, plural, shortNames = [] } = kind.crd().spec.names;
    return [...new Set([singular, plural, ...shortNames])];
  });
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
});
