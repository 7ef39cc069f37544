import { checkName } from '../registry/names.ts';
import { arrayAt, isObject, stringAt, valueAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import { type FieldError, fieldDuplicate, fieldRequired } from '../status-error.ts';
import type { Plugin } from './plugin.ts';

/** Where each kind that runs containers describes them. */
const podSpecs: Readonly<Record<string, string>> = {
  '/pods': 'spec',
  '/podtemplates': 'template.spec',
  '/replicationcontrollers': 'spec.template.spec',
  'apps/daemonsets': 'spec.template.spec',
  'apps/deployments': 'spec.template.spec',
  'apps/replicasets': 'spec.template.spec',
  'apps/statefulsets': 'spec.template.spec',
  'batch/jobs': 'spec.template.spec',
  'batch/cronjobs': 'spec.jobTemplate.spec.template.spec',
};

/** What Kubernetes demands of containers beyond their schema: k8s.io/kubernetes/pkg/apis/core/validation. */
export const podRules: Plugin = {
  name: 'PodRules',
  resources: Object.keys(podSpecs),
  validate({ resource, object, subresource }) {
    if (subresource === 'status') return [];
    const path = podSpecs[`${resource.group}/${resource.plural}`] ?? '';
    const spec = valueAt(object, path);
    return isObject(spec) ? podSpecProblems(spec, path) : [];
  },
};

const podSpecProblems = (spec: JsonObject, path: string): FieldError[] => {
  const seen = new Set<string>();
  const problemsIn = (list: string): FieldError[] =>
    arrayAt(spec, list).flatMap((container, at) =>
      isObject(container) ? containerProblems(container, `${path}.${list}[${at}]`, seen) : [],
    );
  // That the list is missing is the schema's to say.
  const none = Array.isArray(spec.containers) && spec.containers.length === 0;
  return [
    ...(none ? [fieldRequired(`${path}.containers`)] : []),
    ...problemsIn('containers'),
    ...problemsIn('initContainers'),
  ];
};

/** `seen`: the names of the containers before this one; its own is added. */
const containerProblems = (container: JsonObject, field: string, seen: Set<string>): FieldError[] => [
  ...nameProblems(container, `${field}.name`, seen),
  ...(stringAt(container, 'image') === '' ? [fieldRequired(`${field}.image`)] : []),
];

const nameProblems = (container: JsonObject, field: string, seen: Set<string>): FieldError[] => {
  // That it is missing is the schema's to say.
  if (container.name === undefined) return [];
  const name = stringAt(container, 'name');
  if (name === '') return [fieldRequired(field)];
  if (seen.has(name)) return [fieldDuplicate(field, name)];
  seen.add(name);
  return checkName('label', name, field);
};
