import type { KubeObject } from '../object.ts';
import { amend } from '../operations/amend.ts';
import { deleteObject } from '../operations/delete.ts';
import { timestamp } from '../operations/prepare.ts';
import { subjectOf } from '../registry/resource.ts';
import { arrayAt, isObject, numberAt, objectAt, stringAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import { badRequest, conflict, notFound } from '../status-error.ts';
import type { Admission, Deletion, Plugin, SubresourceCall } from './plugin.ts';
import { defaultPodSpec } from './pod-defaults.ts';

const storage = '/pods';

/** Pods: defaults, the scheduler's binding, and the time they are given to end. */
export const podPlugin: Plugin = {
  name: 'Pod',
  resources: [storage],
  admit: completePod,
  gracePeriod,
  subresources: [
    { resource: storage, subresource: 'binding', methods: ['POST'], handle: bind },
    { resource: storage, subresource: 'eviction', methods: ['POST'], handle: evict },
  ],
};

function completePod({ object, old }: Admission): void {
  const spec = objectAt(object, 'spec');
  object.spec = spec;
  defaultPodSpec(spec);
  spec.serviceAccountName ??= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  if (!old) object.status = { phase: 'Pending', qosClass: qosClass(spec) };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
const qosClass = (spec: JsonObject): string => {
  const resources = arrayAt(spec, 'containers').map(container => objectAt(container, 'resources'));
  const set = resources.flatMap(each => [objectAt(each, 'requests'), objectAt(each, 'limits')]);
  if (set.every(amounts => Object.keys(amounts).length === 0)) return 'BestEffort';
  const guaranteed = resources.every(each => {
    const limits = objectAt(each, 'limits');
    const requests = { ...limits, ...objectAt(each, 'requests') };
    return ['cpu', 'memory'].every(name => limits[name] !== undefined && limits[name] === requests[name]);
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
};

/** A pod that no node runs, or that has ended, goes at once. */
function gracePeriod({ object, options }: Deletion): number {
  const spec = objectAt(object, 'spec');
  const ended = ['Succeeded', 'Failed'].includes(stringAt(objectAt(object, 'status'), 'phase'));
  if (ended || !stringAt(spec, 'nodeName')) return 0;
  return options.gracePeriodSeconds ?? numberAt(spec, 'terminationGracePeriodSeconds') ?? 30;
}

const success: KubeObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

async function bind({ api, resource, namespace, name, body }: SubresourceCall): Promise<KubeObject> {
  const node = stringAt(objectAt(body, 'target'), 'name');
  if (!node) throw badRequest('target.name: Required value');
  return api.store.transact(transaction => {
    const record = transaction.get({ resource: storage, namespace, name });
    if (!record) throw notFound(subjectOf(resource), name);
    const bound = stringAt(objectAt(record.object, 'spec'), 'nodeName');
    if (bound) throw conflict(subjectOf(resource), name, `pod ${name} is already assigned to node "${bound}"`);
    amend(api, transaction, record, object => schedule(object, node, timestamp(api.now())));
    return success;
  });
}

const schedule = (pod: KubeObject, node: string, time: string): void => {
  pod.spec = { ...objectAt(pod, 'spec'), nodeName: node };
  const status = objectAt(pod, 'status');
  const others = arrayAt(status, 'conditions').filter(
    condition => isObject(condition) && condition.type !== 'PodScheduled',
  );
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: time };
  pod.status = { ...status, conditions: [...others, scheduled] };
};

async function evict({ api, resource, namespace, name, dryRun }: SubresourceCall): Promise<KubeObject> {
  const key = { resource: storage, namespace, name };
  if (!dryRun) {
    await api.store.transact(transaction => deleteObject(api, transaction, resource, key, { dryRun }));
  }
  return success;
}
