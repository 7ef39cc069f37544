/** What every namespace has: the `default` ServiceAccount, and the API's certificate authority for its pods. */
import { AlreadyExists } from '../../kube/errors.ts';
import type { KubeObject, ResourceType } from '../../resources/meta.ts';
import { type ClusterContext, type Controller, createQueue } from './context.ts';
import { type ConfigMap, configMaps, serviceAccounts } from './core-kinds.ts';
import { isTerminating } from './pod-state.ts';

export const startNamespaceDefaults = (context: ClusterContext): Controller => {
  const { client, options, caches } = context;

  const ensure = async <T extends KubeObject>(type: ResourceType<T>, object: T): Promise<void> => {
    const { namespace, name } = object.metadata;
    if (await client.find(type, { namespace, name })) return;
    await client.create(type, object).catch(error => {
      if (!(error instanceof AlreadyExists)) throw error;
    });
  };

  const reconcile = async (namespace: string): Promise<undefined> => {
    const object = caches.namespaces.get(namespace);
    if (!object || isTerminating(object)) return;
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: 'default' } };
    await ensure(serviceAccounts, account);
    if (options.rootCa === undefined) return;
    const ca: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace, name: 'kube-root-ca.crt' },
      data: { 'ca.crt': options.rootCa },
    };
    await ensure(configMaps, ca);
  };

  const queue = createQueue(context, 'namespace-defaults', reconcile);
  caches.namespaces.onChange(changes => {
    for (const { type, object } of changes) if (type === 'added') queue.add(object.metadata.name);
  });
  return queue;
};
