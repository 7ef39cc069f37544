import { isDeepStrictEqual } from 'node:util';
import { objectAt } from '../schema/json.ts';
import { type FieldError, fieldForbidden } from '../status-error.ts';
import type { Admission, Plugin } from './plugin.ts';

/** Secrets get their type, and what is written as text becomes data. Secrets and ConfigMaps can be sealed. */
export const secretPlugin: Plugin = {
  name: 'Secret',
  resources: ['/secrets', '/configmaps'],
  admit({ object, resource }) {
    if (resource.plural !== 'secrets') return;
    object.type ??= 'Opaque';
    const texts = Object.entries(objectAt(object, 'stringData'));
    if (texts.length > 0) {
      const encoded = texts.map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')]);
      object.data = { ...objectAt(object, 'data'), ...Object.fromEntries(encoded) };
    }
    delete object.stringData;
  },
  validate: sealed,
};

/** https://kubernetes.io/docs/concepts/configuration/secret/#secret-immutable */
function sealed({ object, old }: Admission): FieldError[] {
  if (old?.immutable !== true) return [];
  const fields = ['data', 'binaryData'].filter(field => !isDeepStrictEqual(object[field], old[field]));
  if (object.immutable !== true) fields.push('immutable');
  return fields.map(field => fieldForbidden(field, 'field is immutable when `immutable` is set'));
}
