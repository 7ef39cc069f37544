import type { LabPaths } from './paths.ts';
import type { LabRequest } from './request.ts';

/** The kubeconfig by which the host reaches the lab's API. */
export const kubeconfigOf = (paths: LabPaths, request: Pick<LabRequest, 'kubeconfig'>): string =>
  request.kubeconfig ?? paths.kubeconfig;
