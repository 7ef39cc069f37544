import type { KubeObject } from '../object.ts';
import type { Column, ObjectSchema } from '../schema/types.ts';
import { convertEvent } from './event-conversion.ts';
import { allVerbs, type NameRule, type Resource, type ScalePaths } from './resource.ts';

/** A built-in resource, with what is usual left out. */
interface Declaration {
  kind: string;
  plural: string;
  versions?: readonly string[];
  shortNames?: readonly string[];
  categories?: readonly string[];
  cluster?: true;
  status?: true;
  scale?: ScalePaths;
  generations?: true;
  nameRule?: NameRule;
  fields?: readonly string[];
  verbs?: readonly string[];
  subresources?: readonly string[];
  storedAs?: string;
  convert?: (object: KubeObject, apiVersion: string) => KubeObject;
}

const workloadScale: ScalePaths = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.spec.selector',
};
const workload = { categories: ['all'], status: true, generations: true } as const;
const inAll = ['all'] as const;

/** What a stock Kubernetes serves, as far as anyone meets it here. Behaviour particular to a kind is in `plugins/`. */
const declarations: Readonly<Record<string, readonly Declaration[]>> = {
  '': [
    { kind: 'Binding', plural: 'bindings', verbs: ['create'] },
    { kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'] },
    { kind: 'Endpoints', plural: 'endpoints', shortNames: ['ep'] },
    {
      kind: 'Event',
      plural: 'events',
      shortNames: ['ev'],
      convert: convertEvent,
      fields: [
        ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
          field => `involvedObject.${field}`,
        ),
        ...['reason', 'reportingComponent', 'source', 'type'],
      ],
    },
    { kind: 'LimitRange', plural: 'limitranges', shortNames: ['limits'] },
    {
      kind: 'Namespace',
      plural: 'namespaces',
      shortNames: ['ns'],
      cluster: true,
      status: true,
      nameRule: 'label',
      fields: ['status.phase'],
      subresources: ['finalize'],
    },
    { kind: 'Node', plural: 'nodes', shortNames: ['no'], cluster: true, status: true, fields: ['spec.unschedulable'] },
    {
      kind: 'PersistentVolumeClaim',
      plural: 'persistentvolumeclaims',
      shortNames: ['pvc'],
      status: true,
    },
    { kind: 'PersistentVolume', plural: 'persistentvolumes', shortNames: ['pv'], cluster: true, status: true },
    {
      kind: 'Pod',
      plural: 'pods',
      shortNames: ['po'],
      categories: inAll,
      status: true,
      generations: true,
      fields: [
        ...['nodeName', 'restartPolicy', 'schedulerName', 'serviceAccountName', 'hostNetwork'].map(f => `spec.${f}`),
        ...['phase', 'podIP', 'nominatedNodeName'].map(field => `status.${field}`),
      ],
      subresources: ['binding', 'eviction'],
    },
    { kind: 'PodTemplate', plural: 'podtemplates' },
    {
      kind: 'ReplicationController',
      plural: 'replicationcontrollers',
      shortNames: ['rc'],
      ...workload,
      scale: workloadScale,
      fields: ['status.replicas'],
    },
    { kind: 'ResourceQuota', plural: 'resourcequotas', shortNames: ['quota'], status: true },
    { kind: 'Secret', plural: 'secrets', fields: ['type'] },
    { kind: 'ServiceAccount', plural: 'serviceaccounts', shortNames: ['sa'] },
    {
      kind: 'Service',
      plural: 'services',
      shortNames: ['svc'],
      categories: inAll,
      status: true,
      nameRule: 'rfc1035',
      fields: ['spec.clusterIP', 'spec.type'],
    },
  ],
  apps: [
    { kind: 'ControllerRevision', plural: 'controllerrevisions' },
    { kind: 'DaemonSet', plural: 'daemonsets', shortNames: ['ds'], ...workload },
    { kind: 'Deployment', plural: 'deployments', shortNames: ['deploy'], ...workload, scale: workloadScale },
    {
      kind: 'ReplicaSet',
      plural: 'replicasets',
      shortNames: ['rs'],
      ...workload,
      scale: workloadScale,
      fields: ['status.replicas'],
    },
    { kind: 'StatefulSet', plural: 'statefulsets', shortNames: ['sts'], ...workload, scale: workloadScale },
  ],
  batch: [
    { kind: 'CronJob', plural: 'cronjobs', shortNames: ['cj'], ...workload },
    { kind: 'Job', plural: 'jobs', ...workload, fields: ['status.successful'] },
  ],
  autoscaling: [
    {
      kind: 'HorizontalPodAutoscaler',
      plural: 'horizontalpodautoscalers',
      versions: ['v2'],
      shortNames: ['hpa'],
      categories: inAll,
      status: true,
    },
  ],
  policy: [
    {
      kind: 'PodDisruptionBudget',
      plural: 'poddisruptionbudgets',
      shortNames: ['pdb'],
      status: true,
      generations: true,
    },
  ],
  'networking.k8s.io': [
    { kind: 'IngressClass', plural: 'ingressclasses', cluster: true, generations: true },
    { kind: 'Ingress', plural: 'ingresses', shortNames: ['ing'], status: true, generations: true },
    { kind: 'NetworkPolicy', plural: 'networkpolicies', shortNames: ['netpol'], generations: true },
  ],
  'discovery.k8s.io': [{ kind: 'EndpointSlice', plural: 'endpointslices', generations: true }],
  'coordination.k8s.io': [{ kind: 'Lease', plural: 'leases' }],
  'events.k8s.io': [
    {
      kind: 'Event',
      plural: 'events',
      shortNames: ['ev'],
      fields: [
        ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
          f => `regarding.${f}`,
        ),
        ...['reason', 'reportingController', 'type'],
      ],
      storedAs: '/events',
      convert: convertEvent,
    },
  ],
  'rbac.authorization.k8s.io': [
    { kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', cluster: true, nameRule: 'path-segment' },
    { kind: 'ClusterRole', plural: 'clusterroles', cluster: true, nameRule: 'path-segment' },
    { kind: 'RoleBinding', plural: 'rolebindings', nameRule: 'path-segment' },
    { kind: 'Role', plural: 'roles', nameRule: 'path-segment' },
  ],
  'storage.k8s.io': [
    { kind: 'CSIDriver', plural: 'csidrivers', cluster: true },
    { kind: 'CSINode', plural: 'csinodes', cluster: true },
    { kind: 'StorageClass', plural: 'storageclasses', shortNames: ['sc'], cluster: true },
    { kind: 'VolumeAttachment', plural: 'volumeattachments', cluster: true, status: true },
  ],
  'scheduling.k8s.io': [
    { kind: 'PriorityClass', plural: 'priorityclasses', shortNames: ['pc'], cluster: true, generations: true },
  ],
  'node.k8s.io': [{ kind: 'RuntimeClass', plural: 'runtimeclasses', cluster: true }],
  'admissionregistration.k8s.io': [
    { kind: 'MutatingWebhookConfiguration', plural: 'mutatingwebhookconfigurations', cluster: true, generations: true },
    {
      kind: 'ValidatingWebhookConfiguration',
      plural: 'validatingwebhookconfigurations',
      cluster: true,
      generations: true,
    },
  ],
  'apiextensions.k8s.io': [
    {
      kind: 'CustomResourceDefinition',
      plural: 'customresourcedefinitions',
      shortNames: ['crd', 'crds'],
      categories: ['api-extensions'],
      cluster: true,
      status: true,
      generations: true,
    },
  ],
  'apiregistration.k8s.io': [
    { kind: 'APIService', plural: 'apiservices', categories: ['api-extensions'], cluster: true, status: true },
  ],
};

/** Where schemas and table columns of built-in kinds come from. */
export interface BuiltInSources {
  schema(group: string, version: string, kind: string): ObjectSchema | undefined;
  columns(group: string, version: string, kind: string): readonly Column[];
}

/** Every built-in resource. Schemas are looked up when first used. */
export const builtInResources = (sources: BuiltInSources): Resource[] =>
  Object.entries(declarations).flatMap(([group, kinds]) => kinds.map(kind => toResource(group, kind, sources)));

const toResource = (group: string, declared: Declaration, sources: BuiltInSources): Resource => {
  const versions = declared.versions ?? ['v1'];
  return {
    group,
    plural: declared.plural,
    singular: declared.kind.toLowerCase(),
    kind: declared.kind,
    listKind: `${declared.kind}List`,
    shortNames: declared.shortNames ?? [],
    categories: declared.categories ?? [],
    namespaced: !declared.cluster,
    nameRule: declared.nameRule ?? 'subdomain',
    versions: versions.map(version => ({
      version,
      served: true,
      get schema() {
        return sources.schema(group, version, declared.kind);
      },
      get columns() {
        return sources.columns(group, version, declared.kind);
      },
      status: declared.status ?? false,
      ...(declared.scale && { scale: declared.scale }),
    })),
    storageVersion: versions[0] ?? 'v1',
    countsGenerations: declared.generations ?? false,
    unconditionalUpdate: true,
    selectableFields: declared.fields ?? [],
    verbs: declared.verbs ?? allVerbs,
    extraSubresources: declared.subresources ?? [],
    terminating: false,
    ...(declared.storedAs !== undefined && { storedAs: declared.storedAs }),
    ...(declared.convert && { convert: declared.convert }),
  };
};
