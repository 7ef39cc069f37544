import type { Service } from '../../resources/builtin/core.ts';
import { externalNetworkType } from '../../resources/fields.ts';
import { serviceAnnotations as annotations, defaultGatewayEip } from '../../resources/names.ts';

/** Which EIp a LoadBalancer Service asks for. */
export type Binding =
  | { readonly kind: 'named'; readonly eip: string; readonly annotation: string }
  /** One of its own, on the network type asked for, or on the project's. */
  | { readonly kind: 'automatic'; readonly networkType: string | undefined }
  | { readonly kind: 'invalid'; readonly message: string };

const DNS_LABEL = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

export const bindingOf = (service: Service): Binding => {
  const given = service.metadata.annotations ?? {};
  const named = given[annotations.bindOnEip];
  if (named !== undefined) {
    if (DNS_LABEL.test(named)) return { kind: 'named', eip: named, annotation: annotations.bindOnEip };
    return {
      kind: 'invalid',
      message: `annotation ${annotations.bindOnEip} is '${named}', which is not the name of an EIp. Give the name of an EIp of this namespace.`,
    };
  }
  if (given[annotations.bindOnDefaultGatewayEip] === 'true') {
    return { kind: 'named', eip: defaultGatewayEip, annotation: annotations.bindOnDefaultGatewayEip };
  }
  return automatic(given[annotations.externalNetworkType]);
};

const automatic = (networkType: string | undefined): Binding =>
  networkType === undefined || externalNetworkType.safeParse(networkType).success
    ? { kind: 'automatic', networkType }
    : {
        kind: 'invalid',
        message: `annotation ${annotations.externalNetworkType} is '${networkType}', which is no type of network. Give one of ${externalNetworkType.options.join(', ')}.`,
      };

/** Only Services of type LoadBalancer, and of no other implementation's class, are ours. */
export const wantsLoadBalancer = (service: Service, loadBalancerClass: string): boolean =>
  service.spec.type === 'LoadBalancer' &&
  (service.spec.loadBalancerClass === undefined || service.spec.loadBalancerClass === loadBalancerClass);
