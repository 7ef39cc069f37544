/** Whether an object is as its author wants it. Pure. */
import type { Condition, KubeObject } from '../../resources/meta.ts';

interface ContainerStatus {
  name: string;
  state?: { waiting?: { reason?: string; message?: string } };
}

type WithStatus = KubeObject & {
  spec?: { replicas?: number; type?: string };
  status?: {
    conditions?: Condition[];
    observedGeneration?: number;
    availableReplicas?: number;
    containerStatuses?: ContainerStatus[];
    loadBalancer?: { ingress?: unknown[] };
  };
};

/** Why an object is not ready; undefined when it is. Kinds without any sign of readiness are ready once they exist. */
export const whyNotReady = (object: KubeObject): string | undefined => {
  const { kind, apiVersion } = object;
  if (kind === 'Deployment') return deploymentNotReady(object);
  if (kind === 'Service') return serviceNotReady(object);
  if (kind === 'CustomResourceDefinition') return conditionNotTrue(object, 'Established');
  if (kind === 'Pod') return podNotReady(object);
  if (kind === 'Node') return conditionNotTrue(object, 'Ready');
  return /^(kube-dc\.com|kubeovn\.io|gateway\.)/.test(apiVersion) ? conditionNotTrue(object, 'Ready') : undefined;
};

const conditionNotTrue = (object: KubeObject, type: string): string | undefined => {
  const condition = (object as WithStatus).status?.conditions?.find(candidate => candidate.type === type);
  if (!condition) return 'nobody has looked at it yet';
  if (!isOfThisGeneration(object, condition)) return 'nobody has looked at its last change yet';
  if (condition.status === 'True') return undefined;
  return [condition.reason, condition.message].filter(Boolean).join(': ') || `${type} is ${condition.status}`;
};

const isOfThisGeneration = ({ metadata }: KubeObject, { observedGeneration }: Condition): boolean =>
  observedGeneration === undefined || metadata.generation === undefined || observedGeneration >= metadata.generation;

/** The condition only says that containers are not ready; what each waits for says why. */
const podNotReady = (object: KubeObject): string | undefined => {
  const reason = conditionNotTrue(object, 'Ready');
  if (reason === undefined) return undefined;
  const waits = ((object as WithStatus).status?.containerStatuses ?? []).flatMap(({ name, state }) => {
    const why = [state?.waiting?.reason, state?.waiting?.message].filter(Boolean).join(': ');
    return why ? [`container ${name}: ${why}`] : [];
  });
  return [reason, ...waits].join('; ');
};

const deploymentNotReady = (object: KubeObject): string | undefined => {
  const { spec, status } = object as WithStatus;
  const wanted = spec?.replicas ?? 1;
  const available = status?.availableReplicas ?? 0;
  return available >= wanted ? undefined : `${available} of ${wanted} pods are available`;
};

const serviceNotReady = (object: KubeObject): string | undefined => {
  const { spec, status } = object as WithStatus;
  if (spec?.type !== 'LoadBalancer' || (status?.loadBalancer?.ingress?.length ?? 0) > 0) return undefined;
  return conditionNotTrue(object, 'Ready') ?? 'no address has been given to it';
};
