/** The manifests of examples/kube-dc without their pods, whose EndpointSlices are written by hand. */
import type { EndpointSlice } from '../../../src/resources/builtin/discovery.ts';
import { projectKind } from '../../../src/resources/kube-dc/project.ts';
import { subnetKind } from '../../../src/resources/kubeovn/subnet.ts';
import { vpcKind } from '../../../src/resources/kubeovn/vpc.ts';
import type { KubeObject } from '../../../src/resources/meta.ts';
import { manifestsOf } from '../../golden/kube-dc.ts';
import type { DataCenter } from '../../servers/data-center.ts';

const withoutPods = (file: string): KubeObject[] => manifestsOf(file).filter(({ kind }) => kind !== 'Pod');

/** External networks and the management VPC. */
export const applyNetworks = async (dataCenter: DataCenter): Promise<void> => {
  await dataCenter.apply(...withoutPods('10-external-networks.yaml'), ...withoutPods('20-management.yaml'));
  await dataCenter.whenReady(subnetKind.type, 'ext-cloud');
  await dataCenter.whenReady(vpcKind.type, 'ovn-cluster');
};

/** And the project shalb/demo. */
export const applyProject = async (dataCenter: DataCenter): Promise<void> => {
  await applyNetworks(dataCenter);
  await dataCenter.apply(...withoutPods('30-projects.yaml'));
  await dataCenter.whenReady(projectKind.type, 'shalb/demo');
};

/** Everything of the document, its Services too. */
export const applyDocument = async (dataCenter: DataCenter): Promise<void> => {
  await applyProject(dataCenter);
  await dataCenter.apply(...withoutPods('40-test-http-app.yaml'));
};

export const endpointSlice = (
  namespace: string,
  service: string,
  addresses: readonly string[],
  ports: EndpointSlice['ports'] = [{ name: '', port: 80, protocol: 'TCP' }],
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { namespace, name: `${service}-slice`, labels: { 'kubernetes.io/service-name': service } },
  addressType: 'IPv4',
  ports,
  endpoints: addresses.map(address => ({ addresses: [address], conditions: { ready: true } })),
});

export const service = (
  namespace: string,
  name: string,
  annotations: Readonly<Record<string, string>> = {},
  spec: Readonly<Record<string, unknown>> = {},
): KubeObject & { spec: Readonly<Record<string, unknown>> } => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name, annotations: { ...annotations } },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: name }, ...spec },
});

export const eip = (
  namespace: string,
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
  annotations: Readonly<Record<string, string>> = {},
): KubeObject & { spec: Readonly<Record<string, unknown>> } => ({
  apiVersion: 'kube-dc.com/v1',
  kind: 'EIp',
  metadata: { namespace, name, annotations: { ...annotations } },
  spec,
});

export const project = (
  namespace: string,
  name: string,
  cidrBlock: string,
  spec: Readonly<Record<string, unknown>> = {},
): KubeObject & { spec: Readonly<Record<string, unknown>> } => ({
  apiVersion: 'kube-dc.com/v1',
  kind: 'Project',
  metadata: { namespace, name },
  spec: { cidrBlock, egressNetworkType: 'cloud', ...spec },
});

export const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
