import { createIn } from '../operations/create-in.ts';
import type { StoredRecord } from '../store/record.ts';
import { Background } from './background.ts';
import type { ApiContext, Plugin } from './plugin.ts';

/** Every namespace has a default ServiceAccount, and the authority's certificate for pods that speak to the API. */
export const namespaceContent = (authority: string): Plugin => ({
  name: 'NamespaceContent',
  start(api) {
    const queue = new Background<string>(
      name => fill(api, name, authority),
      error => api.onBug(error),
    );
    const consider = ({ key, object }: StoredRecord): void => {
      if (key.resource === '/namespaces' && !object.metadata.deletionTimestamp) queue.add(key.name);
    };
    for (const record of api.store.list('/namespaces')) consider(record);
    const stop = api.store.onChanges(changes => {
      for (const { type, record } of changes) if (type === 'ADDED') consider(record);
    });
    return () => {
      stop();
      queue.stop();
    };
  },
});

const fill = (api: ApiContext, namespace: string, authority: string): Promise<void> =>
  api.store.transact(transaction => {
    const found = transaction.get({ resource: '/namespaces', namespace: '', name: namespace });
    if (!found || found.object.metadata.deletionTimestamp) return;
    createIn(api, transaction, 'serviceaccounts', namespace, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
    createIn(api, transaction, 'configmaps', namespace, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt' },
      data: { 'ca.crt': authority },
    });
  });
