import { withConditions } from '../crd/status.ts';
import type { KubeObject } from '../object.ts';
import { amend } from '../operations/amend.ts';
import { deleteObject } from '../operations/delete.ts';
import { timestamp } from '../operations/prepare.ts';
import { storageKey, subjectOf } from '../registry/resource.ts';
import { objectAt, stringsAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import { forbidden, notFound, StatusError } from '../status-error.ts';
import type { ObjectKey, StoredRecord } from '../store/record.ts';
import type { Transaction } from '../store/store.ts';
import { Background } from './background.ts';
import type { Admission, ApiContext, Plugin, SubresourceCall } from './plugin.ts';

const storage = '/namespaces';
const kubernetesFinalizer = 'kubernetes';
/** Namespaces that a cluster cannot be without. */
const undeletable = new Set(['default', 'kube-system', 'kube-public']);

const keyOf = (name: string): ObjectKey => ({ resource: storage, namespace: '', name });

/**
 * A namespaced object needs a namespace that exists and stays. A deleted Namespace first loses its content, then goes.
 * https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace
 */
export const namespaceLifecycle: Plugin = {
  name: 'NamespaceLifecycle',
  admit(admission) {
    if (storageKey(admission.resource) === storage) completeNamespace(admission);
    else if (admission.verb === 'create' && admission.resource.namespaced) checkNamespace(admission);
  },
  gracePeriod({ resource, object }) {
    if (storageKey(resource) !== storage) return 0;
    const name = object.metadata.name ?? '';
    if (undeletable.has(name)) throw forbidden(subjectOf(resource), name, 'this namespace may not be deleted');
    object.status = { ...objectAt(object, 'status'), phase: 'Terminating' };
    return 0;
  },
  holds: object => object.kind === 'Namespace' && object.apiVersion === 'v1' && finalizersOf(object).length > 0,
  subresources: [{ resource: storage, subresource: 'finalize', methods: ['PUT'], handle: finalize }],
  start: emptyTerminatingNamespaces,
};

const finalizersOf = (namespace: KubeObject): string[] => stringsAt(objectAt(namespace, 'spec'), 'finalizers');

/** The finalizers of the spec belong to the server; the label lets selectors choose namespaces by name. */
const completeNamespace = ({ object, old }: Admission): void => {
  const finalizers = old ? finalizersOf(old) : [kubernetesFinalizer];
  object.spec = { ...objectAt(object, 'spec'), ...(finalizers.length > 0 && { finalizers }) };
  if (!old) object.status = { phase: 'Active' };
  object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name ?? '' };
};

const checkNamespace = ({ resource, object, transaction }: Admission): void => {
  const { namespace = '', name = '' } = object.metadata;
  const found = transaction.get(keyOf(namespace));
  if (!found) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  if (!found.object.metadata.deletionTimestamp) return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { status } = forbidden(subjectOf(resource), name, why);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  throw new StatusError(403, 'Forbidden', status.message ?? why, { ...status.details, causes: [cause] });
};

async function finalize({ api, name, body }: SubresourceCall): Promise<KubeObject> {
  return api.store.transact(transaction => {
    const record = transaction.get(keyOf(name));
    if (!record) throw notFound({ group: '', resource: 'namespaces' }, name);
    const finalizers = finalizersOf(body);
    amend(api, transaction, record, object => setFinalizers(object, finalizers));
    return transaction.get(record.key)?.object ?? record.object;
  });
}

const setFinalizers = (namespace: KubeObject, finalizers: string[]): void => {
  const { finalizers: _, ...spec } = objectAt(namespace, 'spec');
  namespace.spec = finalizers.length > 0 ? { ...spec, finalizers } : spec;
};

function emptyTerminatingNamespaces(api: ApiContext): () => void {
  const queue = new Background<string>(
    name => api.store.transact(transaction => emptyNamespace(api, transaction, name)),
    error => api.onBug(error),
  );
  const consider = ({ object, key }: StoredRecord): void => {
    if (key.resource === storage && object.metadata.deletionTimestamp) queue.add(key.name);
  };
  for (const record of api.store.list(storage)) consider(record);
  const stop = api.store.onChanges(changes => {
    for (const { type, record } of changes) {
      if (type !== 'DELETED') consider(record);
      else if (isTerminating(api, record.key.namespace)) queue.add(record.key.namespace);
    }
  });
  return () => {
    stop();
    queue.stop();
  };
}

const isTerminating = ({ store }: ApiContext, namespace: string): boolean =>
  namespace !== '' && store.get(keyOf(namespace))?.object.metadata.deletionTimestamp !== undefined;

/** Deletes what is in the namespace; when nothing is left, lets the namespace go, else says what it waits for. */
const emptyNamespace = (api: ApiContext, transaction: Transaction, name: string): void => {
  const namespace = transaction.get(keyOf(name));
  if (!namespace?.object.metadata.deletionTimestamp) return;
  const resources = api.registry.all().filter(({ namespaced, storedAs }) => namespaced && storedAs === undefined);
  const left = resources.flatMap(resource => {
    const options = { propagationPolicy: 'Background', dryRun: false } as const;
    const content = transaction.list(storageKey(resource), name);
    return content
      .map(({ key }) => deleteObject(api, transaction, resource, key, options))
      .filter(({ gone }) => !gone)
      .map(({ record }) => record);
  });
  amend(api, transaction, namespace, object => {
    if (left.length === 0)
      setFinalizers(
        object,
        finalizersOf(object).filter(one => one !== kubernetesFinalizer),
      );
    object.status = { ...objectAt(object, 'status'), conditions: conditionsOf(api, object, left) };
  });
};

/** What `kubectl describe namespace` shows of a namespace that does not go. */
const conditionsOf = (api: ApiContext, namespace: KubeObject, left: readonly StoredRecord[]): JsonObject[] => {
  const held = left.flatMap(({ object }) => object.metadata.finalizers ?? []);
  const next = [
    condition(
      'NamespaceContentRemaining',
      'SomeResourcesRemain',
      'ContentRemoved',
      countBy(left, ({ key }) => plainName(key.resource)),
      {
        some: 'Some resources are remaining: ',
        each: (what, count) => `${what} has ${count} resource instances`,
        none: 'All content successfully removed',
      },
    ),
    condition(
      'NamespaceFinalizersRemaining',
      'SomeFinalizersRemain',
      'ContentHasNoFinalizers',
      countBy(held, one => one),
      {
        some: 'Some content in the namespace has finalizers remaining: ',
        each: (what, count) => `${what} in ${count} resource instances`,
        none: 'All content-preserving finalizers finished',
      },
    ),
  ];
  return withConditions(objectAt(namespace, 'status'), next, timestamp(api.now()));
};

interface Wording {
  some: string;
  each: (what: string, count: number) => string;
  none: string;
}

const condition = (
  type: string,
  reason: string,
  cleared: string,
  counts: ReadonlyMap<string, number>,
  { some, each, none }: Wording,
): JsonObject =>
  counts.size > 0
    ? { type, status: 'True', reason, message: some + [...counts].map(([what, count]) => each(what, count)).join(', ') }
    : { type, status: 'False', reason: cleared, message: none };

const countBy = <T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOfItem(item), (counts.get(keyOfItem(item)) ?? 0) + 1);
  return counts;
};

/** `apps/deployments` → `deployments.apps`, as conditions name resources. */
const plainName = (resource: string): string => resource.split('/').reverse().filter(Boolean).join('.');
