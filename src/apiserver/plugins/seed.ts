import { createIn } from '../operations/create-in.ts';
import type { ApiContext } from './plugin.ts';
import type { ServiceNetwork } from './service-network.ts';

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** What every cluster has from the start: its namespaces, and the Service under which pods find the API. */
export const seed = (api: ApiContext, network: ServiceNetwork, port: number): Promise<void> =>
  api.store.transact(transaction => {
    for (const name of namespaces) {
      createIn(api, transaction, 'namespaces', '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    createIn(api, transaction, 'services', 'default', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: {
        clusterIP: network.first,
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
      },
    });
  });
