/**
 * Services and Pods to EndpointSlices and Endpoints. Pure.
 * Semantics: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
import type { KubeObject, ObjectMeta, OwnerReference } from '../../resources/meta.ts';
import type {
  Endpoint,
  EndpointAddress,
  EndpointPort,
  EndpointSlice,
  EndpointSubset,
  Endpoints,
  Pod,
  Service,
  ServicePort,
} from './core-kinds.ts';
import { canonicalJson, nameHash, suffixedName } from './name-hash.ts';
import { hasEnded, isReady, isTerminating } from './pod-state.ts';

const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror';
export const selectorManager = 'endpointslice-controller.k8s.io';
export const mirrorManager = 'endpointslicemirroring-controller.k8s.io';
const headlessLabel = 'service.kubernetes.io/headless';
const endpointsManagedByLabel = 'endpoints.kubernetes.io/managed-by';

/** Kubernetes' default for `--max-endpoints-per-slice`. */
const endpointsPerSlice = 100;

type Family = 'IPv4' | 'IPv6';

interface Group {
  family: Family;
  ports: EndpointPort[];
  endpoints: Endpoint[];
}

const familyOf = (address: string): Family => (address.includes(':') ? 'IPv6' : 'IPv4');

const addressesOf = (pod: Pod): string[] =>
  pod.status?.podIPs?.map(entry => entry.ip) ?? (pod.status?.podIP ? [pod.status.podIP] : []);

/** The families a Service is served in. One that names none (its API sets no defaults) gets those its pods have. */
const familiesOf = (service: Service, pods: readonly Pod[]): Family[] => {
  const named = service.spec.ipFamilies?.filter(family => family === 'IPv4' || family === 'IPv6');
  if (named?.length) return named;
  const found = new Set(pods.flatMap(addressesOf).map(familyOf));
  return found.size > 0 ? [...found].sort() : ['IPv4'];
};

/** The number a Service port has on one pod; undefined when the pod has no port of that name. */
export const resolveTargetPort = (port: ServicePort, pod: Pod): number | undefined => {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target === 0 ? port.port : target;
  if (/^\d+$/.test(target)) return Number(target);
  return pod.spec.containers
    .flatMap(container => container.ports ?? [])
    .find(candidate => candidate.name === target && (candidate.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
    ?.containerPort;
};

const resolvePorts = (service: Service, pod: Pod): EndpointPort[] =>
  (service.spec.ports ?? []).flatMap(port => {
    const number = resolveTargetPort(port, pod);
    if (number === undefined) return [];
    return [
      {
        name: port.name ?? '',
        port: number,
        protocol: port.protocol ?? 'TCP',
        ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
      },
    ];
  });

const targetRefOf = (pod: Pod) => ({
  kind: 'Pod',
  namespace: pod.metadata.namespace ?? '',
  name: pod.metadata.name,
  ...(pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid }),
});

/** Only pods that name this Service as their subdomain get a hostname of their own in DNS. */
const hostnameOf = (service: Service, pod: Pod): { hostname?: string } =>
  pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? { hostname: pod.spec.hostname } : {};

const endpointOf = (service: Service, pod: Pod, address: string): Endpoint => {
  const serving = service.spec.publishNotReadyAddresses === true || isReady(pod);
  const terminating = isTerminating(pod);
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...hostnameOf(service, pod),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: targetRefOf(pod),
  };
};

const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1);

const groupFor = (groups: Map<string, Group>, { family, ports }: Pick<Group, 'family' | 'ports'>): Group => {
  const key = canonicalJson([family, ports]);
  const group = groups.get(key) ?? { family, ports, endpoints: [] };
  groups.set(key, group);
  return group;
};

/** Pods whose named ports resolve alike share a group: a slice has one list of ports for all of its endpoints. */
const groupPods = (service: Service, pods: readonly Pod[], family: Family): Group[] => {
  const groups = new Map<string, Group>();
  for (const pod of pods) {
    const address = addressesOf(pod).find(candidate => familyOf(candidate) === family);
    if (address === undefined || hasEnded(pod)) continue;
    const ports = resolvePorts(service, pod);
    groupFor(groups, { family, ports }).endpoints.push(endpointOf(service, pod, address));
  }
  // As Kubernetes does: a Service without endpoints keeps one empty slice per family.
  return groups.size > 0 ? [...groups.values()] : [{ family, ports: [], endpoints: [] }];
};

const chunk = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : Array.from({ length: Math.ceil(items.length / endpointsPerSlice) }, (_, index) =>
        items.slice(index * endpointsPerSlice, (index + 1) * endpointsPerSlice),
      );

const ownerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

const slicesOf = (group: Group, owner: KubeObject, labels: Record<string, string>): EndpointSlice[] =>
  chunk(group.endpoints).map((endpoints, index) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      // The name may be cut, and then only the hash tells owners apart.
      name: suffixedName(owner.metadata.name, nameHash([owner.metadata.name, group.family, group.ports, index])),
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels,
      ownerReferences: [ownerReference(owner)],
    },
    addressType: group.family,
    endpoints,
    ports: group.ports,
  }));

const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None';

const sliceLabels = (meta: ObjectMeta, service: Service, manager: string): Record<string, string> => ({
  ...meta.labels,
  ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
  [serviceNameLabel]: service.metadata.name,
  [managedByLabel]: manager,
});

/** The slices of a Service with a selector. `pods` are those its selector matches. */
export const buildEndpointSlices = (service: Service, pods: readonly Pod[]): EndpointSlice[] => {
  const sorted = [...pods].sort(byName);
  const labels = sliceLabels(service.metadata, service, selectorManager);
  return familiesOf(service, sorted)
    .flatMap(family => groupPods(service, sorted, family))
    .flatMap(group => slicesOf(group, service, labels));
};

const subsetOf = (group: Group, publishNotReady: boolean): EndpointSubset => {
  const addresses = (ready: boolean): EndpointAddress[] =>
    group.endpoints
      .filter(endpoint => (endpoint.conditions?.ready === true) === ready)
      .filter(endpoint => publishNotReady || endpoint.conditions?.terminating !== true)
      .map(({ addresses: [ip = ''], hostname, nodeName, targetRef }) => ({
        ip,
        ...(hostname === undefined ? {} : { hostname }),
        ...(nodeName === undefined ? {} : { nodeName }),
        ...(targetRef === undefined ? {} : { targetRef }),
      }));
  const [ready, notReady] = [addresses(true), addresses(false)];
  return {
    ...(ready.length > 0 ? { addresses: ready } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
    ports: group.ports.map(port => ({ ...port, port: port.port ?? 0 })),
  };
};

/** The older Endpoints object of a Service with a selector: one family, terminating pods left out. */
export const buildEndpoints = (service: Service, pods: readonly Pod[]): Endpoints => {
  const sorted = [...pods].sort(byName);
  const [family = 'IPv4'] = familiesOf(service, sorted);
  const subsets = groupPods(service, sorted, family)
    .map(group => subsetOf(group, service.spec.publishNotReadyAddresses === true))
    .filter(subset => subset.addresses !== undefined || subset.notReadyAddresses !== undefined);
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: service.metadata.name,
      ...(service.metadata.namespace === undefined ? {} : { namespace: service.metadata.namespace }),
      labels: {
        ...service.metadata.labels,
        ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
        [endpointsManagedByLabel]: 'endpoint-controller',
      },
    },
    ...(subsets.length > 0 ? { subsets } : {}),
  };
};

const mirrorGroups = (subset: EndpointSubset): Group[] => {
  const endpoints = [
    ...(subset.addresses ?? []).map(address => ({ address, ready: true })),
    ...(subset.notReadyAddresses ?? []).map(address => ({ address, ready: false })),
  ];
  const ports = (subset.ports ?? []).map(port => ({
    ...port,
    name: port.name ?? '',
    protocol: port.protocol ?? 'TCP',
  }));
  return [...Map.groupBy(endpoints, ({ address }) => familyOf(address.ip))].map(([family, members]) => ({
    family,
    ports,
    endpoints: members.map(({ address: { ip, ...rest }, ready }) => ({
      addresses: [ip],
      conditions: { ready },
      ...rest,
    })),
  }));
};

/** Whether hand-written Endpoints are to be shown as slices too: they belong to a Service without a selector. */
export const isMirrored = (manual: Endpoints, service: Service | undefined): service is Service =>
  service !== undefined &&
  Object.keys(service.spec.selector ?? {}).length === 0 &&
  manual.metadata.labels?.[skipMirrorLabel] !== 'true';

/** The slices that mirror hand-written Endpoints; subsets with equal ports share one. */
export const mirrorEndpoints = (manual: Endpoints, service: Service): EndpointSlice[] => {
  const groups = new Map<string, Group>();
  for (const group of (manual.subsets ?? []).flatMap(mirrorGroups)) {
    groupFor(groups, group).endpoints.push(...group.endpoints);
  }
  const labels = sliceLabels(manual.metadata, service, mirrorManager);
  return [...groups.values()].flatMap(group => slicesOf(group, manual, labels));
};
