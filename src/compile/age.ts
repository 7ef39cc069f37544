import type { KubeObject } from '../resources/meta.ts';

/** Creation times are whole seconds; of what was made in one second the name decides, and at last the uid. */
const ageKey = ({ metadata }: KubeObject): string =>
  `${metadata.creationTimestamp ?? ''} ${metadata.name} ${metadata.uid ?? ''}`;

/** Who came first holds what only one can have. */
export const isOlder = (a: KubeObject, b: KubeObject): boolean => ageKey(a) < ageKey(b);

export const oldest = <T extends KubeObject>(objects: readonly T[]): T | undefined =>
  objects.toSorted((a, b) => (isOlder(a, b) ? -1 : 1))[0];
