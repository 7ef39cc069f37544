import type { LabelSelector } from '../fields.ts';
import type { KubeObject, ResourceType } from '../meta.ts';
import type { CoreCondition, PodSpec } from './core.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/ */

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: PodSpec;
}

interface ReplicaCounts {
  observedGeneration?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  conditions?: CoreCondition[];
}

export interface Deployment extends KubeObject {
  spec: {
    /** Defaults to 1. */
    replicas?: number;
    selector: LabelSelector;
    template: PodTemplate;
  };
  status?: ReplicaCounts & { replicas?: number; updatedReplicas?: number; unavailableReplicas?: number };
}

export interface ReplicaSet extends KubeObject {
  spec: {
    /** Defaults to 1. */
    replicas?: number;
    selector: LabelSelector;
    template?: PodTemplate;
  };
  status?: ReplicaCounts & { replicas: number; fullyLabeledReplicas?: number };
}

const apps = { group: 'apps', version: 'v1', namespaced: true } as const;

export const deploymentType: ResourceType<Deployment> = { ...apps, kind: 'Deployment', plural: 'deployments' };
export const replicaSetType: ResourceType<ReplicaSet> = { ...apps, kind: 'ReplicaSet', plural: 'replicasets' };
