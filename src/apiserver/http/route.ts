/** What a path under /api or /apis is about. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  /** `undefined` when the path names none: all namespaces, or a cluster-scoped resource. */
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Reads `/api/v1/namespaces/x/pods/y/status`; `undefined` for every path that is not about a resource. */
export const parseResourcePath = (path: string): ResourcePath | undefined => {
  const parts = decodeParts(path);
  if (!parts) return undefined;
  const [root, first, second, ...rest] = parts;
  if (root === 'api' && first !== undefined && second !== undefined) return inVersion('', first, [second, ...rest]);
  if (root === 'apis' && first !== undefined && second !== undefined && rest.length > 0) {
    return inVersion(first, second, rest);
  }
  return undefined;
};

const decodeParts = (path: string): string[] | undefined => {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return undefined;
  }
};

const inVersion = (group: string, version: string, parts: string[]): ResourcePath | undefined => {
  // `namespaces/x/status` is about the Namespace itself, as is `namespaces/x`.
  const [first, namespace, plural, ...rest] = parts;
  const about = namespace !== undefined && plural !== undefined && !namespaceSubresources.has(plural);
  const within = first === 'namespaces' && about;
  const [resource = '', name, subresource, ...more] = within ? [plural, ...rest] : parts;
  if (more.length > 0) return undefined;
  return { group, version, namespace: within ? namespace : undefined, plural: resource, name, subresource };
};

const namespaceSubresources = new Set(['status', 'finalize']);
