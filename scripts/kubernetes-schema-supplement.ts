/**
 * Defaults, enums and limits that Kubernetes enforces in Go code and does not publish in its OpenAPI definitions.
 * Only what holds whatever the other fields are; what depends on them (a node port, a cluster IP) is no schema's business.
 * Source: the comments of `k8s.io/api/<group>/types.go` and https://kubernetes.io/docs/reference/kubernetes-api/.
 *
 * Definition → field → what is added to the field's schema.
 */
type Additions = { [keyword: string]: string | number | boolean | string[] | Default };
interface Default {
  [key: string]: string | number | Default;
}

const port = { minimum: 1, maximum: 65535 };
const protocol = { default: 'TCP', enum: ['SCTP', 'TCP', 'UDP'] };
const policies = { enum: ['Cluster', 'Local'] };
const core = (name: string) => `io.k8s.api.core.v1.${name}`;
const apps = (name: string) => `io.k8s.api.apps.v1.${name}`;
const count = (value: number) => ({ default: value, minimum: 0 });
const probe = {
  failureThreshold: { default: 3 },
  periodSeconds: { default: 10 },
  successThreshold: { default: 1 },
  timeoutSeconds: { default: 1 },
};
const fileMode = { defaultMode: { default: 0o644 } };

export const supplement: { [definition: string]: { [field: string]: Additions } } = {
  [core('ServiceSpec')]: {
    type: { default: 'ClusterIP', enum: ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] },
    sessionAffinity: { default: 'None', enum: ['ClientIP', 'None'] },
    externalTrafficPolicy: policies,
    internalTrafficPolicy: policies,
    ipFamilyPolicy: { enum: ['PreferDualStack', 'RequireDualStack', 'SingleStack'] },
  },
  [core('ServicePort')]: { protocol, port },
  [core('ContainerPort')]: { protocol, containerPort: port },
  [core('EndpointPort')]: { protocol, port },
  [core('PodSpec')]: {
    restartPolicy: { default: 'Always', enum: ['Always', 'Never', 'OnFailure'] },
    dnsPolicy: { default: 'ClusterFirst', enum: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'] },
    schedulerName: { default: 'default-scheduler' },
    terminationGracePeriodSeconds: { default: 30 },
    enableServiceLinks: { default: true },
    securityContext: { default: {} },
  },
  [core('Container')]: {
    imagePullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
    resources: { default: {} },
    terminationMessagePath: { default: '/dev/termination-log' },
    terminationMessagePolicy: { default: 'File', enum: ['FallbackToLogsOnError', 'File'] },
  },
  [core('Probe')]: probe,
  [core('HTTPGetAction')]: { path: { default: '/' }, scheme: { default: 'HTTP', enum: ['HTTP', 'HTTPS'] } },
  [core('ObjectFieldSelector')]: { apiVersion: { default: 'v1' } },
  [core('ConfigMapVolumeSource')]: fileMode,
  [core('SecretVolumeSource')]: fileMode,
  [core('ProjectedVolumeSource')]: fileMode,
  [core('DownwardAPIVolumeSource')]: fileMode,
  [core('Secret')]: { type: { default: 'Opaque' } },
  [core('PersistentVolumeClaimSpec')]: { volumeMode: { default: 'Filesystem', enum: ['Block', 'Filesystem'] } },
  [core('ReplicationControllerSpec')]: { replicas: count(1) },
  [apps('DeploymentSpec')]: {
    replicas: count(1),
    revisionHistoryLimit: { default: 10 },
    progressDeadlineSeconds: { default: 600 },
    strategy: { default: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } },
  },
  [apps('DeploymentStrategy')]: { type: { default: 'RollingUpdate', enum: ['Recreate', 'RollingUpdate'] } },
  [apps('RollingUpdateDeployment')]: { maxSurge: { default: '25%' }, maxUnavailable: { default: '25%' } },
  [apps('ReplicaSetSpec')]: { replicas: count(1) },
  [apps('DaemonSetSpec')]: { revisionHistoryLimit: { default: 10 } },
  [apps('StatefulSetSpec')]: {
    replicas: count(1),
    revisionHistoryLimit: { default: 10 },
    podManagementPolicy: { default: 'OrderedReady', enum: ['OrderedReady', 'Parallel'] },
  },
  'io.k8s.api.batch.v1.JobSpec': {
    backoffLimit: { default: 6 },
    completionMode: { default: 'NonIndexed', enum: ['Indexed', 'NonIndexed'] },
  },
  'io.k8s.api.batch.v1.CronJobSpec': {
    concurrencyPolicy: { default: 'Allow', enum: ['Allow', 'Forbid', 'Replace'] },
    suspend: { default: false },
    successfulJobsHistoryLimit: { default: 3 },
    failedJobsHistoryLimit: { default: 1 },
  },
  'io.k8s.api.discovery.v1.EndpointPort': { protocol, name: { default: '' } },
  'io.k8s.api.discovery.v1.EndpointSlice': { addressType: { enum: ['FQDN', 'IPv4', 'IPv6'] } },
  'io.k8s.api.networking.v1.HTTPIngressPath': { pathType: { enum: ['Exact', 'ImplementationSpecific', 'Prefix'] } },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec': {
    scope: { enum: ['Cluster', 'Namespaced'] },
  },
};
