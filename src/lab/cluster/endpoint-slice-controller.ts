/** Keeps the EndpointSlices and Endpoints of every Service. What they hold is decided in `endpoint-slices.ts`. */
import { byController, byNamespace, type ClusterContext, type Controller, createQueue, keyOf } from './context.ts';
import {
  type EndpointSlice,
  type Endpoints,
  endpoints as endpointsKind,
  type Pod,
  type Service,
  endpointSlices as sliceKind,
} from './core-kinds.ts';
import {
  buildEndpointSlices,
  buildEndpoints,
  isMirrored,
  managedByLabel,
  mirrorEndpoints,
  mirrorManager,
  selectorManager,
} from './endpoint-slices.ts';
import { matchesLabels } from './label-selector.ts';
import { createIfAbsent, deleteObserved, sameContent } from './object-writes.ts';
import { controllerOf, isTerminating } from './pod-state.ts';

const hasSelector = (service: Service): boolean =>
  Object.keys(service.spec.selector ?? {}).length > 0 && service.spec.type !== 'ExternalName';

const isWritten = (slice: EndpointSlice, by: string): boolean => slice.metadata.labels?.[managedByLabel] === by;

const sliceContent = ({ metadata, addressType, endpoints, ports }: EndpointSlice) => ({
  labels: metadata.labels,
  addressType,
  endpoints,
  ports,
});

export const startEndpointSliceController = (context: ClusterContext): Controller => {
  const { pods, services, endpoints, slices } = context.caches;
  const { client } = context;

  const updateSlice = async (current: EndpointSlice, desired: EndpointSlice): Promise<void> => {
    if (sameContent(sliceContent(current), sliceContent(desired))) return;
    const { labels = {} } = desired.metadata;
    slices.observe(
      await client.update(sliceKind, { ...current, ...desired, metadata: { ...current.metadata, labels } }),
    );
  };

  /** Makes the slices of one owner equal to `desired`; slices of other managers are none of our business. */
  const converge = async (owner: string, manager: string, desired: readonly EndpointSlice[]): Promise<void> => {
    const current = slices.byIndex(byController, owner).filter(slice => isWritten(slice, manager));
    const wanted = new Set(desired.map(slice => slice.metadata.name));
    await Promise.all([
      ...desired.map(slice => {
        const known = current.find(candidate => candidate.metadata.name === slice.metadata.name);
        return known ? updateSlice(known, slice) : createIfAbsent(context, sliceKind, slices, slice);
      }),
      ...current
        .filter(slice => !wanted.has(slice.metadata.name))
        .map(slice => deleteObserved(context, sliceKind, slices, slice)),
    ]);
  };

  const writeEndpoints = async (desired: Endpoints): Promise<void> => {
    const current = endpoints.get(keyOf(desired));
    if (!current) return createIfAbsent(context, endpointsKind, endpoints, desired);
    const content = ({ metadata, subsets }: Endpoints) => ({ labels: metadata.labels, subsets });
    if (sameContent(content(current), content(desired))) return;
    const { labels = {} } = desired.metadata;
    const { subsets: _, ...rest } = current;
    endpoints.observe(
      await client.update(endpointsKind, { ...rest, ...desired, metadata: { ...current.metadata, labels } }),
    );
  };

  const selected = (service: Service): Pod[] =>
    pods
      .byIndex(byNamespace, service.metadata.namespace ?? '')
      .filter(pod => matchesLabels(service.spec.selector ?? {}, pod.metadata.labels));

  /** Hand-written Endpoints have the Service's name: one key serves both. */
  const reconcile = async (key: string): Promise<undefined> => {
    const service = services.get(key);
    const manual = endpoints.get(key);
    if (service && !isTerminating(service)) {
      const members = hasSelector(service) ? selected(service) : [];
      const desired = hasSelector(service) ? buildEndpointSlices(service, members) : [];
      await converge(service.metadata.uid ?? '', selectorManager, desired);
      if (hasSelector(service)) await writeEndpoints(buildEndpoints(service, members));
    }
    if (manual) {
      const mirrored = isMirrored(manual, service) ? mirrorEndpoints(manual, service) : [];
      await converge(manual.metadata.uid ?? '', mirrorManager, mirrored);
    }
  };

  /** Slices and Endpoints whose Service is gone; an embedded or foreign garbage collector may be faster, or absent. */
  const collect = async (service: Service): Promise<void> => {
    await converge(service.metadata.uid ?? '', selectorManager, []);
    const left = endpoints.get(keyOf(service));
    if (!left) return;
    await converge(left.metadata.uid ?? '', mirrorManager, []);
    await deleteObserved(context, endpointsKind, endpoints, left);
  };

  const gone = new Map<string, Service>();
  const queue = createQueue(context, 'endpointslice', async key => {
    const removed = gone.get(key);
    if (removed && !services.get(key)) await collect(removed);
    gone.delete(key);
    return reconcile(key);
  });
  const wake = (pod: Pod) => {
    for (const service of services.byIndex(byNamespace, pod.metadata.namespace ?? ''))
      if (hasSelector(service) && matchesLabels(service.spec.selector ?? {}, pod.metadata.labels))
        queue.add(keyOf(service));
  };
  services.onChange(changes => {
    for (const { type, object } of changes) {
      if (type === 'deleted') gone.set(keyOf(object), object);
      queue.add(keyOf(object));
    }
  });
  endpoints.onChange(changes => {
    for (const { type, object } of changes) {
      queue.add(keyOf(object));
      if (type === 'deleted') void converge(object.metadata.uid ?? '', mirrorManager, []).catch(() => undefined);
    }
  });
  slices.onChange(changes => {
    for (const { object } of changes) {
      const owner = controllerOf(object);
      if (owner) queue.add(`${object.metadata.namespace}/${owner.name}`);
    }
  });
  pods.onChange(changes => {
    for (const change of changes) {
      wake(change.object);
      if (change.type === 'modified') wake(change.old);
    }
  });
  return queue;
};
