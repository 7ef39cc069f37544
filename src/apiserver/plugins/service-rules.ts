import type { KubeObject } from '../object.ts';
import { arrayAt, isObject, objectAt, stringAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import { type FieldError, fieldDuplicate, fieldInvalid, fieldRequired } from '../status-error.ts';

export const typeOf = (service: KubeObject): string => stringAt(objectAt(service, 'spec'), 'type') || 'ClusterIP';

export const needsNodePorts = (service: KubeObject): boolean => {
  const type = typeOf(service);
  if (type === 'NodePort') return true;
  return type === 'LoadBalancer' && objectAt(service, 'spec').allocateLoadBalancerNodePorts !== false;
};

/** What Kubernetes demands of a Service beyond its schema, which knows enumerations and the range of `port`: k8s.io/kubernetes/pkg/apis/core/validation. */
export const validateService = (service: KubeObject, old: KubeObject | undefined): FieldError[] => {
  const spec = objectAt(service, 'spec');
  const ports = arrayAt(spec, 'ports').filter(isObject);
  const type = typeOf(service);
  const bare = type === 'ExternalName' || spec.clusterIP === 'None';
  return [
    ...(ports.length === 0 && !bare ? [fieldRequired('spec.ports')] : []),
    ...(type === 'ExternalName' && !stringAt(spec, 'externalName') ? [fieldRequired('spec.externalName')] : []),
    ...ports.flatMap((port, at) => validatePort(port, `spec.ports[${at}]`, ports.length > 1)),
    ...duplicates(ports),
    ...(old ? immutable(spec, objectAt(old, 'spec'), type, typeOf(old)) : []),
  ];
};

const validatePort = (port: JsonObject, field: string, several: boolean): FieldError[] => {
  const target = port.targetPort;
  return [
    ...(several && !stringAt(port, 'name') ? [fieldRequired(`${field}.name`)] : []),
    ...(typeof target === 'number' && !isPort(target) ? [fieldInvalid(`${field}.targetPort`, target, portRange)] : []),
  ];
};

const portRange = 'must be between 1 and 65535, inclusive';
const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65_535;

/** Names must differ, and so must pairs of protocol and port. */
const duplicates = (ports: readonly JsonObject[]): FieldError[] => {
  const seen = new Set<string>();
  const isNew = (key: string): boolean => !seen.has(key) && Boolean(seen.add(key));
  return ports.flatMap((port, at) => {
    const { name = '', protocol = 'TCP', port: number = 0 } = port;
    const errors = name === '' || isNew(`name ${name}`) ? [] : [fieldDuplicate(`spec.ports[${at}].name`, name)];
    if (!isNew(`${protocol} ${number}`)) errors.push(fieldDuplicate(`spec.ports[${at}]`, { protocol, port: number }));
    return errors;
  });
};

const immutable = (spec: JsonObject, old: JsonObject, type: string, oldType: string): FieldError[] => {
  const before = stringAt(old, 'clusterIP');
  const after = stringAt(spec, 'clusterIP');
  if (before === '' || before === after || type === 'ExternalName' || oldType === 'ExternalName') return [];
  return [fieldInvalid('spec.clusterIPs[0]', [after], 'may not change once set')];
};
