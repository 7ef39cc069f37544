/** The manifests of examples/kube-dc: the world that golden cases are in unless they say otherwise. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { KubeObject, ResourceType } from '../../src/resources/meta.ts';

const folder = new URL('../../examples/kube-dc/', import.meta.url);

/** The objects of one file, in its order. */
export const manifestsOf = (file: string): KubeObject[] =>
  parseAllDocuments(readFileSync(new URL(file, folder), 'utf8'), { version: '1.1' }).map(document => document.toJS());

/** Every object, in the order in which they are applied. */
export const allManifests = (): KubeObject[] =>
  readdirSync(folder)
    .filter(file => /^\d.*\.yaml$/.test(file))
    .toSorted()
    .flatMap(manifestsOf);

/** @throws Error when there is none */
export const manifest = <T extends KubeObject>(type: ResourceType<T>, name: string): T => {
  const found = allManifests().find(object => object.kind === type.kind && object.metadata.name === name);
  if (!found) throw new Error(`examples/kube-dc has no ${type.kind} ${name}`);
  return found as T;
};
