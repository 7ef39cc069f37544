/** URLs of the API: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
import type { KubeObject, ResourceType } from '../resources/meta.ts';

/** Names one object of a kind. */
export interface ObjectRef {
  readonly namespace?: string | undefined;
  readonly name: string;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1` or `/apis/GROUP/VERSION`. */
export const groupVersionPath = (group: string, version: string): string =>
  group ? `/apis/${group}/${version}` : `/api/${version}`;

/** All objects of a kind, or those of one namespace. */
export function collectionPath(type: ResourceType, namespace?: string): string {
  const scope = type.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${groupVersionPath(type.group, type.version)}${scope}/${type.plural}`;
}

/** @throws TypeError when a namespaced object is named without its namespace: the URL would name another thing. */
export function objectPath(type: ResourceType, ref: ObjectRef, subresource?: string): string {
  if (type.namespaced && !ref.namespace) throw new TypeError(`${type.kind} ${ref.name} is named without a namespace`);
  const path = `${collectionPath(type, ref.namespace)}/${encodeURIComponent(ref.name)}`;
  return subresource ? `${path}/${subresource}` : path;
}

export const refOf = (object: KubeObject): ObjectRef => ({
  namespace: object.metadata.namespace,
  name: object.metadata.name,
});

/** `?a=b&c=d`, undefined values left out; empty when nothing is asked. */
export function queryString(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text && `?${text}`;
}
