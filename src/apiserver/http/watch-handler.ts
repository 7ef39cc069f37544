import { joinApiVersion } from '../object.ts';
import { checkNotInFuture } from '../operations/list.ts';
import { type ListOptions, parseListOptions } from '../operations/list-options.ts';
import { storageKey } from '../registry/resource.ts';
import type { StoredRecord } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import type { ResourceCall } from './resource-call.ts';
import type { View } from './view.ts';

/** A watch without timeoutSeconds ends after 30 to 60 minutes, spread so that clients do not come back all at once. */
const defaultTimeoutSeconds = (): number => 1800 + Math.floor(Math.random() * 1800);

/** Begins the stream of a watch. */
export const watch = (call: ResourceCall, view: View): void => {
  const { api, hub, served, path, query, response } = call;
  const { resource, version } = served;
  const options = parseListOptions(query, resource, path.name);
  const selects = (record: StoredRecord): boolean =>
    (path.namespace === undefined || record.key.namespace === path.namespace) && options.selects(record);
  if (options.sendInitialEvents) checkNotInFuture(api.store, options.revision);
  const start = startOf(api.store, storageKey(resource), path.namespace, options);
  response.writeHead(200, {
    'Content-Type': 'application/json;stream=watch',
    'Cache-Control': 'no-cache, private',
  });
  hub.open(
    response,
    {
      resource: storageKey(resource),
      view,
      selects,
      ...start,
      allowBookmarks: options.allowBookmarks,
      marksInitialEnd: options.sendInitialEvents === true && options.allowBookmarks,
      type: { kind: resource.kind, apiVersion: joinApiVersion(resource.group, version.version) },
    },
    (options.timeoutSeconds ?? defaultTimeoutSeconds()) * 1000,
  );
};

/**
 * Where the stream begins. With sendInitialEvents, or with no revision (or 0) as older clients ask, the present objects
 * come first; else only what changed after the revision.
 */
const startOf = (
  store: Store,
  resource: string,
  namespace: string | undefined,
  { sendInitialEvents, revision, selects }: ListOptions,
): { initial: StoredRecord[]; from: number } => {
  const fromPresent = sendInitialEvents ?? !revision;
  if (fromPresent) return { initial: store.list(resource, namespace).filter(selects), from: store.revision };
  return { initial: [], from: revision || store.revision };
};
