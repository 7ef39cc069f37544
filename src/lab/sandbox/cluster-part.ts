/** What runs inside the sandbox once the Kubernetes API is there: scheduler and controllers, and each node's agent. */
import { existsSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { KubeClient } from '../../kube/client.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { type NodeAgent, startNodeAgent } from '../agent/node-agent.ts';
import { startCluster } from '../cluster/cluster.ts';
import type { Vswitch } from '../fabric/vswitch.ts';
import { serveApiAddress } from '../node/api-address.ts';
import { watchJoinAddresses } from '../node/join-watch.ts';
import { servePodApiAddresses } from '../node/pod-api-addresses.ts';
import { FIELD_MANAGER } from '../objects/apply.ts';
import { imageTable } from '../scenario/images.ts';
import type { Lab, LabNode } from '../scenario/lab-schema.ts';
import type { LabPaths } from '../state/paths.ts';
import type { LabRequest } from '../state/request.ts';
import { until } from '../wait.ts';
import type { Pods } from './pods.ts';

export interface ClusterPart {
  paths: LabPaths;
  lab: Lab;
  request: LabRequest;
  /** Each node's switch. */
  switches: ReadonlyMap<string, Vswitch>;
  pods: Pods;
  env: NodeJS.ProcessEnv;
}

const API_TIMEOUT_MS = 60_000;
const STANDARD_ERROR = 2;

export const startClusterPart = async (part: ClusterPart): Promise<void> => {
  const { paths, lab, switches, pods } = part;
  const logger = pino(pino.destination(STANDARD_ERROR));
  await until(() => existsSync(paths.kubeconfigInside), { what: 'the Kubernetes API', timeoutMs: API_TIMEOUT_MS });
  const config = await loadKubeconfig(paths.kubeconfigInside);
  const client = new KubeClient({ config: { ...config, socketPath: paths.apiSocket }, fieldManager: FIELD_MANAGER });
  pods.connect(client);
  const nodes = Object.entries(lab.nodes);
  await Promise.all([
    startCluster({ client, logger, ...(config.ca === undefined ? {} : { rootCa: config.ca }) }),
    ...nodes.map(([name]) => serveApiAddress(name, lab.apiAddress, paths.apiSocket)),
    ...nodes.map(async ([name, node]) => pods.addAgent(name, await startAgent(part, client, logger, name, node))),
  ]);
  const warn = (message: string): void => logger.warn(message);
  watchJoinAddresses({ client, switches, podNetworks: lab.podNetworks, warn });
  servePodApiAddresses({ client, apiAddress: lab.apiAddress, apiSocket: paths.apiSocket, warn });
};

const API_NAMES = 'kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local';

const startAgent = (
  part: ClusterPart,
  client: KubeClient,
  logger: Logger,
  name: string,
  node: LabNode,
): Promise<NodeAgent> => {
  const { lab, request, switches, env } = part;
  return startNodeAgent({
    client,
    nodeName: name,
    netns: name,
    ovsSocket: switches.get(name)?.socket ?? '',
    nodeIPs: [node.underlay.address.replace(/\/.*/, '')],
    images: imageTable(lab.images, request.images),
    logger: logger.child({ node: name }),
    labels: node.labels,
    environment: { PATH: env.PATH ?? '', KUBERNETES_SERVICE_HOST: lab.apiAddress, KUBERNETES_SERVICE_PORT: '443' },
    hostEntries: [`${lab.apiAddress} ${API_NAMES}`],
  });
};
