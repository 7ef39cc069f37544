import type { KubeObject } from '../object.ts';
import { isObject, objectAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import type { Plugin } from './plugin.ts';
import { defaultPodSpec, setDefaults } from './pod-defaults.ts';

/** Defaults of the kinds that make pods: k8s.io/kubernetes/pkg/apis/{apps,batch}/v1/defaults.go. */
const defaultsOf: Readonly<Record<string, (spec: JsonObject, object: KubeObject) => void>> = {
  'apps/deployments': spec => {
    setDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = fieldObject(spec, 'strategy');
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      setDefaults(fieldObject(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
    }
  },
  'apps/replicasets': spec => setDefaults(spec, { replicas: 1 }),
  'apps/daemonsets': spec => {
    setDefaults(spec, { revisionHistoryLimit: 10 });
    const strategy = fieldObject(spec, 'updateStrategy');
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      setDefaults(fieldObject(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 });
    }
  },
  'apps/statefulsets': spec => {
    setDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
    const strategy = fieldObject(spec, 'updateStrategy');
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') setDefaults(fieldObject(strategy, 'rollingUpdate'), { partition: 0 });
    setDefaults(fieldObject(spec, 'persistentVolumeClaimRetentionPolicy'), {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
  },
  'batch/jobs': spec => {
    setDefaults(spec, {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
    });
  },
};

export const workloadDefaults: Plugin = {
  name: 'WorkloadDefaults',
  resources: Object.keys(defaultsOf),
  admit({ object, resource }) {
    const spec = fieldObject(object, 'spec');
    defaultsOf[`${resource.group}/${resource.plural}`]?.(spec, object);
    const template = fieldObject(spec, 'template');
    template.metadata ??= {};
    defaultPodSpec(fieldObject(template, 'spec'));
  },
};

/** The object at a field, made when it is not there. */
const fieldObject = (target: JsonObject, field: string): JsonObject => {
  const found = objectAt(target, field);
  if (!isObject(target[field])) target[field] = found;
  return found;
};
