import type { KubeObject } from '../object.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import { needsNodePorts, typeOf } from './service-rules.ts';

/** Completes a Service's spec in place, keeping what was allocated to it before when the client did not send it. */
export const defaultService = (service: KubeObject, old: KubeObject | undefined): void => {
  const spec = objectAt(service, 'spec');
  service.spec = spec;
  if (!old) service.status ??= { loadBalancer: {} };
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'ClientIP') spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } };
  for (const port of arrayAt(spec, 'ports').filter(isObject)) defaultPort(port);
  if (old) keepAllocated(service, old);
  const type = typeOf(service);
  if (type === 'ExternalName') dropClusterFields(spec);
  else defaultClusterFields(spec);
  if (type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  if (type === 'LoadBalancer' || type === 'NodePort') spec.externalTrafficPolicy ??= 'Cluster';
  else if (arrayAt(spec, 'externalIPs').length === 0) delete spec.externalTrafficPolicy;
  if (type !== 'LoadBalancer') delete spec.allocateLoadBalancerNodePorts;
  if (type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') delete spec.healthCheckNodePort;
};

/** A port left out reads as 0, as in Go, and is refused as such. */
const defaultPort = (port: JsonObject): void => {
  port.protocol ??= 'TCP';
  port.port ??= 0;
  if (!port.targetPort) port.targetPort = port.port;
  if (port.nodePort === 0) delete port.nodePort;
};

const defaultClusterFields = (spec: JsonObject): void => {
  const [first] = arrayAt(spec, 'clusterIPs');
  const address = stringAt(spec, 'clusterIP') || (typeof first === 'string' ? first : '');
  if (address) {
    spec.clusterIP = address;
    spec.clusterIPs = [address];
  }
  spec.internalTrafficPolicy ??= 'Cluster';
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
};

const dropClusterFields = (spec: JsonObject): void => {
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'])
    delete spec[field];
};

/** An update that leaves allocated fields out keeps them; one that changes to a type without node ports loses those. */
const keepAllocated = (service: KubeObject, old: KubeObject): void => {
  const spec = objectAt(service, 'spec');
  const before = objectAt(old, 'spec');
  const hadAddress = typeOf(old) !== 'ExternalName' && typeOf(service) !== 'ExternalName';
  if (hadAddress && !stringAt(spec, 'clusterIP') && before.clusterIP !== undefined) spec.clusterIP = before.clusterIP;
  if (spec.healthCheckNodePort === undefined && before.healthCheckNodePort !== undefined) {
    spec.healthCheckNodePort = before.healthCheckNodePort;
  }
  const oldPorts = new Map(
    arrayAt(before, 'ports')
      .filter(isObject)
      .map(port => [portId(port), port.nodePort]),
  );
  for (const port of arrayAt(spec, 'ports').filter(isObject)) {
    const nodePort = oldPorts.get(portId(port));
    if (needsNodePorts(service)) {
      if (port.nodePort === undefined && nodePort !== undefined) port.nodePort = nodePort;
    } else if (port.nodePort === nodePort && needsNodePorts(old)) delete port.nodePort;
  }
};

const portId = (port: JsonObject): string => `${port.protocol ?? 'TCP'}/${port.port}`;
