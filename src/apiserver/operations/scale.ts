import type { KubeObject } from '../object.ts';
import type { Served } from '../registry/registry.ts';
import { kindSubjectOf } from '../registry/resource.ts';
import { isObject, numberAt, objectAt, setAt, stringAt, valueAt } from '../schema/json.ts';
import { jsonPatch } from '../schema/patch/json-patch.ts';
import { mergePatch } from '../schema/patch/merge-patch.ts';
import type { JsonObject, JsonValue } from '../schema/types.ts';
import { badRequest, fieldInvalid, invalid, unsupportedMediaType } from '../status-error.ts';
import type { StoredRecord } from '../store/record.ts';
import { patchedValue, patchTypes } from './patch.ts';
import { liveAsServed, liveRecord, type Target, update } from './update.ts';

/** The `autoscaling/v1` Scale of an object, read from the paths its resource names. */
export const getScale = ({ version }: Served, object: KubeObject): KubeObject => {
  const { name = '', namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath } = version.scale ?? {};
  const selector = labelSelectorPath === undefined ? '' : selectorText(valueAt(object, labelSelectorPath));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: { replicas: valueAt(object, specReplicasPath) ?? 0 },
    status: { replicas: valueAt(object, statusReplicasPath) ?? 0, ...(selector && { selector }) },
  };
};

export const replaceScale = (target: Target, body: JsonValue): StoredRecord => {
  const { served } = target.request;
  const live = liveRecord(target);
  if (!isObject(body)) throw badRequest('the body is not an object');
  const replicas = numberAt(objectAt(body, 'spec'), 'replicas') ?? 0;
  if (replicas < 0) {
    const why = 'must be greater than or equal to 0';
    throw invalid(kindSubjectOf(served.resource), target.name, [fieldInvalid('spec.replicas', replicas, why)]);
  }
  const next = structuredClone(liveAsServed(target, live));
  setAt(next, served.version.scale?.specReplicasPath ?? '', replicas);
  const expected = stringAt(objectAt(body, 'metadata'), 'resourceVersion');
  if (expected) next.metadata.resourceVersion = expected;
  return update(target, live, next);
};

export const patchScale = (target: Target, mediaType: string, body: JsonValue): StoredRecord => {
  const scale = getScale(target.request.served, liveAsServed(target, liveRecord(target)));
  return replaceScale(target, patchedScale(scale, mediaType, body));
};

const patchedScale = (scale: KubeObject, mediaType: string, body: JsonValue): JsonValue => {
  if (mediaType === patchTypes.json) return patchedValue(jsonPatch(scale, body));
  // A Scale has no lists, so a strategic merge of it is a plain merge; nor has it fields that could be owned apart.
  if (mediaType in mergeable) return mergePatch(scale, body);
  throw unsupportedMediaType(Object.values(patchTypes).join(', '));
};

const mergeable = { [patchTypes.merge]: true, [patchTypes.strategic]: true, [patchTypes.apply]: true };

/** A selector as text: the map of a ReplicationController, a LabelSelector, or text already. */
const selectorText = (selector: JsonValue | undefined): string => {
  if (typeof selector === 'string') return selector;
  if (!isObject(selector)) return '';
  const labels = isObject(selector.matchLabels) ? selector.matchLabels : selector;
  return Object.entries(labels as JsonObject)
    .filter(([, value]) => typeof value === 'string')
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
};
