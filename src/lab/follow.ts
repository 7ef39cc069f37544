import type { KubeClient } from '../kube/client.ts';
import { Informer, withoutManagedFields } from '../kube/informer.ts';
import type { KubeObject, ResourceType } from '../resources/meta.ts';
import type { Logger } from './logger.ts';

/** Makes the informers of one client; without a namespace, of all namespaces. They are still to be started. */
export const createFollow =
  (client: KubeClient, logger: Logger) =>
  <T extends KubeObject>(type: ResourceType<T>, namespace?: string): Informer<T> =>
    new Informer<T>({
      client,
      type,
      namespace,
      transform: withoutManagedFields,
      onError: error => logger.debug({ err: error, kind: type.kind }, 'watch interrupted'),
    });
