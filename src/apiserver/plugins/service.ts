import type { KubeObject } from '../object.ts';
import { kindSubjectOf } from '../registry/resource.ts';
import { arrayAt, isObject, numberAt, objectAt, stringAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';
import { type FieldError, fieldInvalid, internalError, invalid } from '../status-error.ts';
import type { StoredRecord } from '../store/record.ts';
import { Allocator } from './allocator.ts';
import type { Admission, Plugin } from './plugin.ts';
import { defaultService } from './service-defaults.ts';
import type { ServiceNetwork } from './service-network.ts';
import { needsNodePorts, typeOf, validateService } from './service-rules.ts';

const firstNodePort = 30_000;
const nodePorts = 2768;

/** Gives Services their cluster address and node ports, and their defaults. https://kubernetes.io/docs/reference/networking/virtual-ips/ */
export const servicePlugin = (network: ServiceNetwork): Plugin => {
  // As in Kubernetes, the low end of both ranges is left to those who ask for a particular one.
  const addresses = new Allocator(network.size, Math.min(256, Math.floor(network.size / 16)));
  const ports = new Allocator(nodePorts, 86);
  const follow = (record: StoredRecord | undefined, act: 'take' | 'release'): void => {
    if (record?.key.resource !== '/services') return;
    const holder = `${record.key.namespace}/${record.key.name}`;
    const address = network.indexOf(stringAt(objectAt(record.object, 'spec'), 'clusterIP'));
    if (address !== undefined) addresses[act](address, holder);
    for (const port of nodePortsOf(record.object)) ports[act](port - firstNodePort, holder);
  };
  return {
    name: 'Service',
    resources: ['/services'],
    admit(admission) {
      if (admission.subresource === 'status') return;
      defaultService(admission.object, admission.old);
      const errors = [...allocateAddress(admission, network, addresses), ...allocatePorts(admission, ports)];
      if (errors.length > 0)
        throw invalid(kindSubjectOf(admission.resource), admission.object.metadata.name ?? '', errors);
    },
    validate: ({ object, old }) => validateService(object, old),
    start(api) {
      api.store.index((previous, next) => {
        follow(previous, 'release');
        follow(next, 'take');
      });
      return () => undefined;
    },
  };
};

const holderOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

export const portsOf = (service: KubeObject): JsonObject[] =>
  arrayAt(objectAt(service, 'spec'), 'ports').filter(isObject);

/** All node ports a Service holds. */
const nodePortsOf = (service: KubeObject): number[] =>
  [
    ...portsOf(service).map(port => numberAt(port, 'nodePort')),
    numberAt(objectAt(service, 'spec'), 'healthCheckNodePort'),
  ].filter(port => port !== undefined && port > 0) as number[];

const allocateAddress = ({ object, old }: Admission, network: ServiceNetwork, addresses: Allocator): FieldError[] => {
  const spec = objectAt(object, 'spec');
  const asked = stringAt(spec, 'clusterIP');
  if (typeOf(object) === 'ExternalName' || asked === 'None') return [];
  // Another address than before is refused by the rules, whatever it is.
  if (asked !== '') return old && typeOf(old) !== 'ExternalName' ? [] : checkAddress(asked, object, network, addresses);
  const index = addresses.free();
  if (index === undefined) throw internalError(`failed to allocate a serviceIP: range ${network.cidr} is full`);
  spec.clusterIP = network.at(index);
  spec.clusterIPs = [network.at(index)];
  return [];
};

const checkAddress = (
  asked: string,
  object: KubeObject,
  network: ServiceNetwork,
  addresses: Allocator,
): FieldError[] => {
  const index = network.indexOf(asked);
  const why = (text: string): FieldError[] => [
    fieldInvalid('spec.clusterIPs', [asked], `failed to allocate IP ${asked}: ${text}`),
  ];
  if (index === undefined) return why('the provided network does not match the current range');
  const holder = addresses.holder(index);
  return holder === undefined || holder === holderOf(object) ? [] : why('provided IP is already allocated');
};

const allocatePorts = ({ object }: Admission, ports: Allocator): FieldError[] => {
  const spec = objectAt(object, 'spec');
  if (!needsNodePorts(object)) return [];
  const errors = portsOf(object).flatMap((port, at) =>
    checkNodePort(port, `spec.ports[${at}].nodePort`, object, ports),
  );
  if (errors.length > 0) return errors;
  const given = new Set(nodePortsOf(object).map(port => port - firstNodePort));
  const next = (): number => {
    const index = ports.free(given);
    if (index === undefined) throw internalError('failed to allocate a nodePort: range is full');
    given.add(index);
    return firstNodePort + index;
  };
  for (const port of portsOf(object)) if (!numberAt(port, 'nodePort')) port.nodePort = next();
  const local = typeOf(object) === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  if (local && !numberAt(spec, 'healthCheckNodePort')) spec.healthCheckNodePort = next();
  return [];
};

const checkNodePort = (port: JsonObject, field: string, object: KubeObject, ports: Allocator): FieldError[] => {
  const asked = numberAt(port, 'nodePort') ?? 0;
  if (asked === 0) return [];
  if (asked < firstNodePort || asked >= firstNodePort + nodePorts) {
    const range = `${firstNodePort}-${firstNodePort + nodePorts - 1}`;
    return [
      fieldInvalid(field, asked, `provided port is not in the valid range. The range of valid ports is ${range}`),
    ];
  }
  const holder = ports.holder(asked - firstNodePort);
  return holder === undefined || holder === holderOf(object)
    ? []
    : [fieldInvalid(field, asked, 'provided port is already allocated')];
};
