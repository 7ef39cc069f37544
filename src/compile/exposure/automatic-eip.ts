import { type Service, serviceType } from '../../resources/builtin/core.ts';
import { eipKind } from '../../resources/kube-dc/eip.ts';
import { serviceLabels } from '../../resources/names.ts';
import { controlledBy, type WantedObject } from '../desired.ts';
import { shortHash } from '../naming.ts';

/** `slb-{service}-{5 characters}`. The characters follow from the Service's uid: a retry after a crash finds the same name, a stranger cannot guess it. */
export const automaticEipName = (service: Service): string =>
  `slb-${service.metadata.name}-${shortHash(service.metadata.uid ?? '', 5)}`;

/** The EIp made for one Service, and gone with it. One that a user made and labelled for the Service is taken over. */
export const automaticEip = (service: Service, name: string, networkType: string | undefined): WantedObject => ({
  type: eipKind.type,
  namespace: service.metadata.namespace,
  name,
  adopt: true,
  ownerReference: controlledBy(serviceType, service),
  labels: { [serviceLabels.sourceService]: service.metadata.name },
  content: { spec: { ...(networkType !== undefined && { externalNetworkType: networkType }) } },
});
