import type { KubeClient } from '../../../src/kube/client.ts';
import { refOf } from '../../../src/kube/resource-path.ts';
import { type Deployment, type Pod, pods } from '../../../src/lab/cluster/core-kinds.ts';

export { eventually } from '../../until.ts';

const ignore = () => undefined;

/** Set VERBOSE to see what the controllers say. */
export const quietLogger = process.env.VERBOSE
  ? {
      debug: (details: object, message: string) => console.log(message, details),
      info: (details: object, message: string) => console.log(message, details),
      warn: (details: object, message: string) => console.log(message, details),
    }
  : { debug: ignore, info: ignore, warn: ignore };

/** How many pods each node has. */
export const byNodeName = (all: readonly Pod[]): number[] =>
  [...Map.groupBy(all, pod => pod.spec.nodeName ?? '')]
    .filter(([name]) => name !== '')
    .map(([, group]) => group.length);

export const webDeployment = (namespace: string, replicas: number, name = 'web'): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace, name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: 'main', image: 'echo', ports: [{ name: 'http', containerPort: 8080 }] }],
      },
    },
  },
});

let addresses = 0;

export const setPodReady = async (client: KubeClient, pod: Pod): Promise<void> => {
  addresses += 1;
  const ip = `10.9.0.${addresses}`;
  const status = {
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z') },
    ],
  };
  await client.patch(pods, refOf(pod), { type: 'merge', body: { status } }, { subresource: 'status' });
};
