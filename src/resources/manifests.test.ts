import { describe, expect, it } from 'vitest';
import { allKinds } from './all-kinds.ts';
import type { KubeObject } from './meta.ts';
import { apiVersionOf } from './meta.ts';
import { celProblems, unknownFields } from './testdata/cel.ts';
import { acceptedManifests, type Manifest, refusals } from './testdata/manifests.ts';

const kindOf = (object: KubeObject) => {
  const kind = allKinds.find(({ type }) => type.kind === object.kind && apiVersionOf(type) === object.apiVersion);
  if (!kind) throw new Error(`no kind for ${object.apiVersion} ${object.kind}`);
  return kind;
};

const schemaOf = (object: KubeObject) => {
  const schema = kindOf(object).crd().spec.versions[0]?.schema.openAPIV3Schema;
  if (!schema?.properties?.spec) throw new Error(`no schema for ${object.kind}`);
  return { root: schema, spec: schema.properties.spec };
};

const changed = (manifest: Manifest, update: Record<string, unknown>): Manifest => {
  const spec = Object.entries({ ...manifest.spec, ...update }).filter(([, value]) => value !== null);
  return { ...manifest, spec: Object.fromEntries(spec) };
};

describe('manifests of kube-dc, Kube-OVN and Envoy Gateway apply unchanged', () => {
  it.each(acceptedManifests().map(manifest => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
    '%s',
    (_, manifest) => {
      const { root, spec } = schemaOf(manifest);
      expect(unknownFields(spec, manifest.spec, 'spec')).toEqual([]);
      expect(celProblems(root, manifest, undefined)).toEqual([]);
      expect(kindOf(manifest).parse(manifest)).toEqual({ ok: true, value: manifest });
      expect(celProblems(root, manifest, manifest)).toEqual([]);
    },
  );

  it('and every kind is among them', () => {
    expect(new Set(acceptedManifests().map(({ kind }) => kind))).toEqual(
      new Set(allKinds.map(({ type }) => type.kind)),
    );
  });
});

describe('bad input is refused with a remedy', () => {
  it.each(refusals().map(refusal => [refusal.create.kind, refusal.because, refusal] as const))(
    '%s: %s',
    (_, because, { create, update }) => {
      const { root } = schemaOf(create);
      const problems = update
        ? celProblems(root, changed(create, update), create)
        : celProblems(root, create, undefined);
      expect(problems).toEqual([expect.stringContaining(because)]);
      if (update) expect(celProblems(root, create, undefined)).toEqual([]);
    },
  );
});
