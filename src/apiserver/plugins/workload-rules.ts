import { isDeepStrictEqual } from 'node:util';
import { isObject, objectAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import { isEmptySelector, selectorProblems, selects } from '../selectors/label-selector.ts';
import { type FieldError, fieldForbidden, fieldInvalid } from '../status-error.ts';
import type { Plugin } from './plugin.ts';

interface WorkloadRules {
  /** What the server calls the kind; it calls a ReplicaSet a deployment. */
  readonly name: string;
  /** What an update may not change. */
  settled(spec: JsonObject, old: JsonObject): FieldError[];
}

const settledSelector = (spec: JsonObject, old: JsonObject): FieldError[] =>
  isDeepStrictEqual(spec.selector, old.selector)
    ? []
    : [fieldInvalid('spec.selector', spec.selector, 'field is immutable')];

/** Of a StatefulSet. */
const changeable = [
  ...['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit'],
  ...['persistentVolumeClaimRetentionPolicy', 'minReadySeconds'],
];

const settledAll = (spec: JsonObject, old: JsonObject): FieldError[] => {
  const fixed = (from: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(from).filter(([field]) => !changeable.includes(field)));
  if (isDeepStrictEqual(fixed(spec), fixed(old))) return [];
  const why =
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  return [fieldForbidden('spec', why)];
};

const rulesOf: Readonly<Record<string, WorkloadRules>> = {
  'apps/daemonsets': { name: 'daemonset', settled: settledSelector },
  'apps/deployments': { name: 'deployment', settled: settledSelector },
  'apps/replicasets': { name: 'deployment', settled: settledSelector },
  'apps/statefulsets': { name: 'statefulset', settled: settledAll },
};

/** A workload selects the pods it makes, and the same ones for life: k8s.io/kubernetes/pkg/apis/apps/validation. */
export const workloadRules: Plugin = {
  name: 'WorkloadRules',
  resources: Object.keys(rulesOf),
  validate({ resource, object, old, subresource }) {
    const rules = rulesOf[`${resource.group}/${resource.plural}`];
    if (!rules || subresource === 'status') return [];
    const spec = objectAt(object, 'spec');
    return [...selectorErrors(spec, rules.name), ...(old ? rules.settled(spec, objectAt(old, 'spec')) : [])];
  },
};

const selectorErrors = ({ selector, template }: JsonObject, name: string): FieldError[] => {
  const field = 'spec.selector';
  if (isObject(selector) && isEmptySelector(selector)) {
    return [fieldInvalid(field, selector, `empty selector is invalid for ${name}`)];
  }
  const problems = isObject(selector) ? selectorProblems(selector, field) : [];
  if (problems.length > 0) return [...problems, fieldInvalid(field, selector, 'invalid label selector')];
  const { labels } = objectAt(template, 'metadata');
  if (isObject(selector) && selects(selector, isObject(labels) ? labels : {})) return [];
  return [fieldInvalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
};
