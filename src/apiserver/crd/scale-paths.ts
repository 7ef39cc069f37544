import { isObject, objectAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import { type FieldError, fieldInvalid, fieldRequired } from '../status-error.ts';

/** Where each path of a scale subresource may lead, and how Kubernetes words that. */
const places = {
  specReplicasPath: { under: ['.spec.'], why: 'should be a json path under .spec' },
  statusReplicasPath: { under: ['.status.'], why: 'should be a json path under .status' },
  labelSelectorPath: { under: ['.spec.', '.status.'], why: 'should be a json path under either .status or .spec' },
};

/** Names that every JavaScript object has without anyone giving them. Kubernetes takes them; nobody means them. */
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

/** What the scale subresource of a CRD's version must be; `field` is the version's. */
export function scaleErrors(version: JsonObject, field: string): FieldError[] {
  const { scale } = objectAt(version, 'subresources');
  if (!isObject(scale)) return [];
  return Object.entries(places).flatMap(([name, { under, why }]) => {
    const path = scale[name] ?? '';
    const at = `${field}.subresources.scale.${name}`;
    if (path === '') return name === 'labelSelectorPath' ? [] : [fieldRequired(at)];
    if (!under.some(start => String(path).startsWith(start))) return [fieldInvalid(at, path, why)];
    const taken = String(path)
      .split('.')
      .find(part => reserved.has(part));
    return taken === undefined ? [] : [fieldInvalid(at, path, `may not lead through ${taken}`)];
  });
}
