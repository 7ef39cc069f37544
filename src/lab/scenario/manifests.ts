import { z } from 'zod';
import type { KubeObject } from '../../resources/meta.ts';
import { invalid, readYamlDocuments } from './read-yaml.ts';

const manifestSchema = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
});

/** The Kubernetes objects of one YAML file; a List counts as its items. */
export const manifestsOf = async (file: string): Promise<KubeObject[]> => {
  const documents = (await readYamlDocuments(file)).flatMap(itemsOf);
  return documents.map((document, index) => {
    const result = manifestSchema.safeParse(document);
    if (result.success) return result.data as KubeObject;
    const mistakes = result.error.issues.map(issue => ({
      path: ['object', index + 1, ...issue.path].join('.'),
      message: issue.message,
    }));
    throw invalid(file, mistakes);
  });
};

const itemsOf = (document: unknown): unknown[] => {
  const { kind, items } = document as { kind?: unknown; items?: unknown };
  return kind === 'List' && Array.isArray(items) ? items : [document];
};

/**
 * What others of the same scenario rest on comes first: definitions, namespaces, then the networks from the physical one
 * up, projects and addresses, and what runs in them. A kind not named here comes between these and the workloads.
 */
const FIRST = [
  'CustomResourceDefinition',
  'Namespace',
  'ProviderNetwork',
  'Vlan',
  'Vpc',
  'Subnet',
  'OvnEip',
  'OvnSnatRule',
  'Project',
  'EIp',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
];
const LAST = ['Service', 'Pod', 'Deployment'];

const rankOf = (kind: string): number => {
  const first = FIRST.indexOf(kind);
  if (first >= 0) return first;
  const last = LAST.indexOf(kind);
  return last >= 0 ? FIRST.length + 1 + last : FIRST.length;
};

/** Objects of one kind keep the order they were written in. */
export const inOrderOfKind = (objects: readonly KubeObject[]): KubeObject[] =>
  objects.toSorted((a, b) => rankOf(a.kind) - rankOf(b.kind));
