/** The schemas of Kubernetes' built-in kinds, read from `generated/` when first asked for; and those of custom resources, which share their metadata. */
import { readFileSync } from 'node:fs';
import { own } from './json.ts';
import { referenceTo } from './node.ts';
import type { Definitions, GroupVersionKind, ObjectSchema, Schema } from './types.ts';

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const listMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

interface Index {
  packages: readonly string[];
  kinds: { readonly [apiVersionAndKind: string]: string };
}

/** What was read of `generated/`. Parsing it all takes some 10 ms, so each file waits until it is needed. */
const packages = new Map<string, ReadonlyMap<string, Schema>>();
let index: Index | undefined;

const parse = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`generated/${name}.json`, import.meta.url), 'utf8'));

function readIndex(): Index {
  index ??= parse('index') as Index;
  return index;
}

function readPackage(name: string): ReadonlyMap<string, Schema> {
  const known = packages.get(name) ?? new Map(Object.entries(parse(name) as { [name: string]: Schema }));
  packages.set(name, known);
  return known;
}

/** Definitions by name: `io.k8s.api.core.v1.Pod`. The file of a definition is named after its Go package. */
export const builtInDefinitions: Definitions = name => {
  const file = name.slice(0, name.lastIndexOf('.'));
  return readIndex().packages.includes(file) ? readPackage(file).get(name) : undefined;
};

/** The name of a built-in kind's definition: `io.k8s.api.apps.v1.Deployment`. */
export function builtInName({ group, version, kind }: GroupVersionKind): string | undefined {
  return own(readIndex().kinds, `${group ? `${group}/` : ''}${version}/${kind}`);
}

export function builtInSchema(gvk: GroupVersionKind): ObjectSchema | undefined {
  const name = builtInName(gvk);
  const root = name === undefined ? undefined : builtInDefinitions(name);
  return root && { root, definitions: builtInDefinitions, nullMeansAbsent: true };
}

/** The schema of a custom resource from its CRD's `openAPIV3Schema` (absent: any object), with the metadata every object has. */
export function customResourceSchema(openAPIV3Schema: Schema | undefined, gvk: GroupVersionKind): ObjectSchema {
  const declared = openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const root: Schema = {
    ...declared,
    properties: { ...typeMeta, ...declared.properties, metadata: metadataSchema(declared.properties?.metadata) },
    'x-kubernetes-group-version-kind': [gvk],
  };
  return { root, definitions: builtInDefinitions, nullMeansAbsent: false };
}

const typeMeta: { [name: string]: Schema } = {
  apiVersion: {
    type: 'string',
    description:
      'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
  },
  kind: {
    type: 'string',
    description:
      'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
  },
};

const metadataDescription =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/** A CRD may limit `metadata.name` and `generateName`, nothing else of the metadata. */
function metadataSchema(limits: Schema | undefined): Schema {
  const reference = { ...referenceTo(objectMeta), description: metadataDescription };
  const { name, generateName } = limits?.properties ?? {};
  if (!name && !generateName) return reference;
  const known = builtInDefinitions(objectMeta);
  const properties = { ...known?.properties };
  if (name) properties.name = { ...properties.name, ...name };
  if (generateName) properties.generateName = { ...properties.generateName, ...generateName };
  return { ...known, description: metadataDescription, properties };
}

/** The schema of a kind's list, as OpenAPI publishes it for custom resources. */
export function listSchema(itemName: string, gvk: GroupVersionKind): Schema {
  return {
    description: `${gvk.kind} is a list of ${gvk.kind.replace(/List$/, '')}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...typeMeta,
      metadata: { ...referenceTo(listMeta), description: 'Standard list metadata.' },
      items: { type: 'array', description: `List of ${gvk.kind.replace(/List$/, '')}.`, items: referenceTo(itemName) },
    },
    'x-kubernetes-group-version-kind': [gvk],
  };
}
