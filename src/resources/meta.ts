/** The parts every Kubernetes object has. Shapes: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/ */

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ManagedFieldsEntry {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: Record<string, unknown>;
  subresource?: string;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFieldsEntry[];
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** `metav1.Condition`. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  observedGeneration?: number;
  lastTransitionTime: string;
}

/** Which REST resource a kind is served as. `group` is `''` for the core group. The type parameter only carries the object's shape. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set; lets `ResourceType<Pod>` infer `Pod`. */
  readonly shape?: T;
}

/** `apiVersion` as an object carries it: `v1`, `kubeovn.io/v1`. */
export const apiVersionOf = (type: ResourceType): string =>
  type.group ? `${type.group}/${type.version}` : type.version;

/** The key of an object within its kind: `namespace/name`, or `name` when it has no namespace. */
export const objectKey = (meta: { namespace?: string | undefined; name: string }): string =>
  meta.namespace ? `${meta.namespace}/${meta.name}` : meta.name;

/** `metav1.Time`: RFC 3339 in whole seconds. */
export const metaTime = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
