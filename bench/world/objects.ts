/** The objects of a data centre of any size: what its users and administrators write, nothing that a controller makes. */
import { OWNER_ANNOTATION } from '../../src/controllers/targets/kube-identity.ts';
import { namespaceType, nodeType, type Service, serviceType } from '../../src/resources/builtin/core.ts';
import { endpointSliceType } from '../../src/resources/builtin/discovery.ts';
import { eipKind } from '../../src/resources/kube-dc/eip.ts';
import { projectKind } from '../../src/resources/kube-dc/project.ts';
import { providerNetworkKind } from '../../src/resources/kubeovn/provider-network.ts';
import { subnetKind } from '../../src/resources/kubeovn/subnet.ts';
import { vlanKind } from '../../src/resources/kubeovn/vlan.ts';
import { apiVersionOf, type KubeObject, type ObjectMeta, type ResourceType } from '../../src/resources/meta.ts';
import {
  externalGatewayLabel,
  externalNetworkTypeLabel,
  kubernetesLabels,
  serviceAnnotations,
} from '../../src/resources/names.ts';

export interface Manifest {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

export const SERVICES_PER_PROJECT = 10;

const ORGANISATION = 'bench';
const projectName = (index: number): string => `p-${index}`;
export const namespaceOf = (project: number): string => `${ORGANISATION}-${projectName(project)}`;
export const serviceName = (index: number): string => `web-${index}`;

const manifest = <T extends KubeObject>(
  type: ResourceType<T>,
  metadata: ObjectMeta,
  content: Omit<T, keyof KubeObject>,
): Manifest => ({ type, object: { apiVersion: apiVersionOf(type), kind: type.kind, metadata, ...content } });

/** Two nodes and the network to the outside that every project leaves through. */
export const physicalNetwork = (): Manifest[] => [
  ...['node-1', 'node-2'].map(name => manifest(nodeType, { name, labels: { [externalGatewayLabel]: 'true' } }, {})),
  manifest(providerNetworkKind.type, { name: 'ext-cloud' }, { spec: { defaultInterface: 'eth0' } }),
  manifest(vlanKind.type, { name: 'vlan4013' }, { spec: { id: 4013, provider: 'ext-cloud' } }),
  manifest(
    subnetKind.type,
    { name: 'ext-cloud', labels: { [externalNetworkTypeLabel]: 'cloud' } },
    { spec: { protocol: 'IPv4', cidrBlock: '100.64.0.0/14', gateway: '100.64.0.1', vlan: 'vlan4013' } },
  ),
  manifest(namespaceType, { name: ORGANISATION }, {}),
];

/**
 * A project with its Services. The namespace is there before the controller makes it, handed over to it by its annotation: the
 * Services in it have to be there when the clock starts.
 */
export const projectWithServices = (index: number, services = SERVICES_PER_PROJECT): Manifest[] => [
  manifest(
    projectKind.type,
    { namespace: ORGANISATION, name: projectName(index) },
    { spec: { cidrBlock: `${podNetwork(index)}0/24`, egressNetworkType: 'cloud' } },
  ),
  manifest(
    namespaceType,
    {
      name: namespaceOf(index),
      annotations: { [OWNER_ANNOTATION]: `Project/${ORGANISATION}/${projectName(index)}` },
    },
    {},
  ),
  ...Array.from({ length: services }, (_, service) => serviceWithEndpoints(index, serviceName(service))).flat(),
];

/** `10.3.232.` of project 1,000. */
const podNetwork = (project: number): string => `10.${project >> 8}.${project & 255}.`;

/** A LoadBalancer Service and the slice of its two endpoints; with `eip`, bound to that EIp. */
export const serviceWithEndpoints = (project: number, name: string, eip?: string): Manifest[] => [
  manifest(
    endpointSliceType,
    {
      namespace: namespaceOf(project),
      name: `${name}-1`,
      labels: { [kubernetesLabels.serviceName]: name },
    },
    {
      addressType: 'IPv4',
      endpoints: [28, 29].map(host => ({ addresses: [`${podNetwork(project)}${host}`], conditions: { ready: true } })),
      ports: [{ name: '', protocol: 'TCP', port: 8080 }],
    },
  ),
  manifest<Service>(
    serviceType,
    {
      namespace: namespaceOf(project),
      name,
      ...(eip !== undefined && { annotations: { [serviceAnnotations.bindOnEip]: eip } }),
    },
    {
      spec: {
        type: 'LoadBalancer',
        // There are 2,768 node ports in all, and OVN needs none of them.
        allocateLoadBalancerNodePorts: false,
        selector: { app: name },
        ports: [{ protocol: 'TCP', port: 80, targetPort: 8080 }],
      },
    },
  ),
];

export const eip = (project: number, name: string): Manifest =>
  manifest(eipKind.type, { namespace: namespaceOf(project), name }, { spec: { externalNetworkType: 'cloud' } });
