import { basename } from 'node:path';
import type { KubeObject } from '../../resources/meta.ts';

/** Which file each object was read from; those made here have none. */
export type Sources = ReadonlyMap<KubeObject, string>;

/** `EIp shalb-demo/default-gw`, as people name an object. */
export const describeObject = ({
  kind,
  metadata,
}: {
  kind: string;
  metadata: { namespace?: string | undefined; name: string };
}): string => `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;

/** With the file it was read from, where that is known: `EIp shalb-demo/default-gw (30-projects.yaml)`. */
export const describeWithFile = (object: KubeObject, sources: Sources): string => {
  const file = sources.get(object);
  return `${describeObject(object)}${file === undefined ? '' : ` (${basename(file)})`}`;
};
