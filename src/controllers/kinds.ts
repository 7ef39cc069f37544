import { automaticEipName } from '../compile/exposure/automatic-eip.ts';
import { bindingOf } from '../compile/exposure/binding.ts';
import { eipNameOf } from '../compile/exposure/fip.ts';
import { eipPortKey } from '../compile/exposure/ports.ts';
import { vpcOf } from '../compile/networks.ts';
import { natTargetKey } from '../compile/ovn/nat-target.ts';
import { projectNamespace } from '../compile/project/project.ts';
import { withoutManagedFields } from '../kube/informer.ts';
import {
  endpointsType,
  namespaceType,
  nodeType,
  podType,
  type Service,
  serviceType,
} from '../resources/builtin/core.ts';
import { endpointSliceType } from '../resources/builtin/discovery.ts';
import { backendKind } from '../resources/envoy-gateway/backend.ts';
import { eipKind } from '../resources/kube-dc/eip.ts';
import { fipKind } from '../resources/kube-dc/fip.ts';
import { projectKind } from '../resources/kube-dc/project.ts';
import { ipKind } from '../resources/kubeovn/ip.ts';
import { ovnDnatRuleKind } from '../resources/kubeovn/ovn-dnat-rule.ts';
import { ovnEipKind } from '../resources/kubeovn/ovn-eip.ts';
import { ovnFipKind } from '../resources/kubeovn/ovn-fip.ts';
import { ovnSnatRuleKind } from '../resources/kubeovn/ovn-snat-rule.ts';
import { providerNetworkKind } from '../resources/kubeovn/provider-network.ts';
import { subnetKind } from '../resources/kubeovn/subnet.ts';
import { vlanKind } from '../resources/kubeovn/vlan.ts';
import { vpcKind } from '../resources/kubeovn/vpc.ts';
import { virtualMachineInstanceType } from '../resources/kubevirt/virtual-machine-instance.ts';
import type { KubeObject } from '../resources/meta.ts';
import { externalGatewayLabel, externalNetworkTypeLabel, kubernetesLabels, serviceLabels } from '../resources/names.ts';
import { type CachedKind, cachedKind, OWNER_INDEX } from './caches.ts';
import { ownerOfObject } from './targets/kube-identity.ts';

const labelled = (object: KubeObject, label: string): string[] => {
  const value = object.metadata.labels?.[label];
  return value === undefined ? [] : [value];
};
const inNamespace = (object: KubeObject, name: string): string => `${object.metadata.namespace}/${name}`;

/** `namespace/name` of the EIp that a load balancer Service is bound to by name, or that is made for it. */
const boundEip = (service: Service): string[] => {
  const binding = bindingOf(service);
  if (service.spec.type !== 'LoadBalancer' || binding.kind === 'invalid') return [];
  return [inNamespace(service, binding.kind === 'named' ? binding.eip : automaticEipName(service))];
};

/** Every kind that is read or written, and by what it is looked up. */
const kinds: readonly CachedKind[] = [
  cachedKind({ type: projectKind.type, indexes: { namespace: project => [projectNamespace(project)] } }),
  cachedKind({
    type: eipKind.type,
    statusIsRead: true,
    indexes: {
      namespace: eip => [eip.metadata.namespace ?? ''],
      service: eip => labelled(eip, serviceLabels.sourceService).map(service => inNamespace(eip, service)),
    },
  }),
  cachedKind({ type: vpcKind.type }),
  cachedKind({
    type: subnetKind.type,
    indexes: {
      vpc: subnet => (subnet.spec.vlan ? [] : [vpcOf(subnet)]),
      namespace: subnet => subnet.spec.namespaces ?? [],
      networkType: subnet => labelled(subnet, externalNetworkTypeLabel),
      external: subnet => (subnet.spec.vlan ? ['true'] : []),
      vlan: subnet => [subnet.spec.vlan ?? []].flat(),
    },
  }),
  cachedKind({
    type: vlanKind.type,
    indexes: { provider: vlan => [vlan.spec.provider || vlan.spec.providerInterfaceName || ''] },
  }),
  cachedKind({ type: providerNetworkKind.type }),
  cachedKind({
    type: ovnEipKind.type,
    statusIsRead: true,
    indexes: {
      subnet: ovnEip => [ovnEip.spec.externalSubnet],
      address: ovnEip => [`${ovnEip.spec.externalSubnet}/${ovnEip.spec.v4Ip ?? ''}`],
      gatewayOf: ovnEip => {
        const suffix = `-${ovnEip.spec.externalSubnet}`;
        const { name } = ovnEip.metadata;
        return ovnEip.spec.type === 'lrp' && name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : [];
      },
    },
  }),
  cachedKind({ type: ovnSnatRuleKind.type }),
  cachedKind({ type: fipKind.type, indexes: { eip: fip => [inNamespace(fip, eipNameOf(fip))] } }),
  cachedKind({
    type: ovnFipKind.type,
    statusIsRead: true,
    indexes: { ovnEip: ({ spec }) => [spec.ovnEip], target: ({ spec }) => [natTargetKey(spec)] },
  }),
  cachedKind({ type: ovnDnatRuleKind.type, indexes: { ovnEip: ({ spec }) => [spec.ovnEip] } }),
  cachedKind({
    type: ipKind.type,
    indexes: {
      subnet: ({ spec }) => [spec.subnet],
      address: ({ spec }) => [`${spec.subnet}/${spec.v4IpAddress ?? ''}`],
    },
  }),
  cachedKind({ type: backendKind.type }),
  cachedKind({
    type: virtualMachineInstanceType,
    mayBeAbsent: true,
    statusIsRead: true,
    transform: ({ apiVersion, kind, metadata, status }) => ({
      apiVersion,
      kind,
      metadata,
      ...(status?.interfaces && { status: { interfaces: status.interfaces } }),
    }),
  }),
  cachedKind({ type: namespaceType }),
  cachedKind({
    type: nodeType,
    indexes: { gateway: node => labelled(node, externalGatewayLabel) },
    // The kubelet writes status often, and nobody here reads it.
    transform: ({ status: _, ...node }) => node,
  }),
  cachedKind({
    type: podType,
    transform: ({ spec, status, ...pod }) => ({
      ...pod,
      spec: {
        containers: [],
        ...(spec.nodeName && { nodeName: spec.nodeName }),
        ...(spec.hostNetwork && { hostNetwork: true }),
      },
      ...(status?.phase && { status: { phase: status.phase } }),
    }),
  }),
  cachedKind({
    type: serviceType,
    indexes: {
      eip: boundEip,
      // One port of an EIp: who wants it is looked up without reading the others on the same EIp, of which there may be thousands.
      eipPort: service =>
        boundEip(service).flatMap(eip => (service.spec.ports ?? []).map(port => eipPortKey(eip, port))),
    },
  }),
  cachedKind({ type: endpointsType }),
  cachedKind({
    type: endpointSliceType,
    indexes: {
      service: slice => labelled(slice, kubernetesLabels.serviceName).map(service => inNamespace(slice, service)),
    },
  }),
];

/** With an index by owner on each, which the Kubernetes target observes by. */
export const CACHED_KINDS: readonly CachedKind[] = kinds.map(kind => ({
  ...kind,
  indexes: { ...kind.indexes, [OWNER_INDEX]: (object: KubeObject) => [ownerOfObject(object) ?? []].flat() },
  transform: object => withoutManagedFields(kind.transform ? kind.transform(object) : object),
}));
