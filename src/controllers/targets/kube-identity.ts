import { createHash } from 'node:crypto';
import type { WantedObject } from '../../compile/desired.ts';
import type { Owner } from '../../converge/piece.ts';
import { apiVersionOf, type KubeObject, type ObjectMeta } from '../../resources/meta.ts';

/**
 * Who an object was made for. An annotation, because a label's value has neither slashes nor more than 63 characters, and because
 * ownerReferences cannot point from a cluster-scoped object (Vpc) to a namespaced one (Project). Handing an existing object over is
 * setting it by hand.
 */
export const OWNER_ANNOTATION = 'kube-dc.com/owner';

/** Digest of what was applied: tells that a field is not wanted any more, which the object itself cannot. */
const APPLIED_ANNOTATION = 'kube-dc.com/applied';

export const ownerOfObject = ({ metadata }: KubeObject): Owner | undefined =>
  metadata.annotations?.[OWNER_ANNOTATION] as Owner | undefined;

/** The object to apply: what is wanted, with owner and digest. */
export const stamped = (owner: Owner, wanted: WantedObject): KubeObject & { metadata: ObjectMeta } => {
  const { type, name, namespace, labels, annotations, ownerReference, content } = wanted;
  const digest = createHash('sha256')
    .update(JSON.stringify([labels, annotations, ownerReference, content]))
    .digest('hex')
    .slice(0, 16);
  return {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      annotations: { ...annotations, [OWNER_ANNOTATION]: owner, [APPLIED_ANNOTATION]: digest },
      ...(ownerReference && { ownerReferences: [ownerReference] }),
    },
    ...content,
  };
};
