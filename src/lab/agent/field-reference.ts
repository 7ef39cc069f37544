/** The downward API: what a Pod may learn about itself. https://kubernetes.io/docs/concepts/workloads/pods/downward-api/ */
import type { Pod } from '../cluster/core-kinds.ts';

const quoted = (pairs: Record<string, string> | undefined): string =>
  Object.entries(pairs ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

const plainFields: Readonly<Record<string, (pod: Pod) => string | undefined>> = {
  'metadata.name': pod => pod.metadata.name,
  'metadata.namespace': pod => pod.metadata.namespace,
  'metadata.uid': pod => pod.metadata.uid,
  'metadata.labels': pod => quoted(pod.metadata.labels),
  'metadata.annotations': pod => quoted(pod.metadata.annotations),
  'spec.nodeName': pod => pod.spec.nodeName,
  'spec.serviceAccountName': pod => pod.spec.serviceAccountName ?? 'default',
  'status.hostIP': pod => pod.status?.hostIP,
  'status.hostIPs': pod => pod.status?.hostIPs?.map(entry => entry.ip).join(','),
  'status.podIP': pod => pod.status?.podIP,
  'status.podIPs': pod => pod.status?.podIPs?.map(entry => entry.ip).join(','),
};

/** `metadata.labels['app']` and `metadata.annotations['x']`, or one of the plain fields; undefined when there is no value. */
export const readField = (pod: Pod, path: string): string | undefined => {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  if (key !== undefined) return pod.metadata[map === 'labels' ? 'labels' : 'annotations']?.[key];
  return plainFields[path]?.(pod);
};
