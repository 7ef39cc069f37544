import type { Ip } from '../../net/ip.ts';
import { endpointsType, type Service, serviceType } from '../../resources/builtin/core.ts';
import { backendKind } from '../../resources/envoy-gateway/backend.ts';
import {
  endpointTypeExternal,
  managedByServiceController,
  serviceAnnotations,
  serviceLabels,
} from '../../resources/names.ts';
import { controlledBy, type WantedObject } from '../desired.ts';
import { labelName } from '../naming.ts';
import { externalPortName } from './ports.ts';

/** The headless `{service}-ext` Service and its Endpoints: how others in the cluster find a Service's external address. */
export const externalObjects = (service: Service, address: Ip): WantedObject[] => {
  const ports = (service.spec.ports ?? []).map(port => ({
    name: externalPortName(port),
    port: port.port,
    ...(port.protocol && port.protocol !== 'TCP' && { protocol: port.protocol }),
  }));
  const common = {
    namespace: service.metadata.namespace,
    name: labelName(service.metadata.name, '-ext'),
    ownerReference: controlledBy(serviceType, service),
    labels: {
      [serviceLabels.endpointType]: endpointTypeExternal,
      [serviceLabels.managedBy]: managedByServiceController,
      [serviceLabels.sourceService]: service.metadata.name,
    },
  };
  return [
    { ...common, type: serviceType, content: { spec: { clusterIP: 'None', ports } } },
    { ...common, type: endpointsType, content: { subsets: [{ addresses: [{ ip: address }], ports }] } },
  ];
};

/** The Gateway API Backend `{service}-backend`, on request: one address and port, so that of several TCP ports it takes the first. */
export const backendObject = (service: Service, address: Ip): WantedObject[] => {
  const given = service.metadata.annotations ?? {};
  const asked = serviceAnnotations.createBackend.some(name => given[name] === 'true');
  const port = service.spec.ports?.find(candidate => (candidate.protocol ?? 'TCP') === 'TCP')?.port;
  if (!asked || port === undefined) return [];
  return [
    {
      type: backendKind.type,
      namespace: service.metadata.namespace,
      name: labelName(service.metadata.name, '-backend'),
      ownerReference: controlledBy(serviceType, service),
      content: { spec: { endpoints: [{ ip: { address, port } }] } },
    },
  ];
};
