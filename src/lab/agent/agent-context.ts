/** What every part of one node's agent works with. */
import type { Backoff } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { IP } from '../../resources/kubeovn/ip.ts';
import type { ConfigMap, Secret } from '../cluster/core-kinds.ts';
import type { Logger } from '../logger.ts';
import type { Slots } from './coordination.ts';
import type { ImageTable } from './images.ts';
import type { NodeNetwork } from './pod-network.ts';
import type { RootEntry } from './root-layers.ts';

export interface AgentContext {
  client: KubeClient;
  clock: Clock;
  /** What `kubectl describe` shows beside a Pod. */
  events: EventRecorder;
  logger: Logger;
  nodeName: string;
  nodeIPs: readonly string[];
  node: NodeNetwork;
  images: ImageTable;
  /** In memory. `pods/UID` holds all there is of one Pod. */
  stateDirectory: string;
  /** Given to every container, before its own variables. */
  environment: Readonly<Record<string, string>>;
  hostEntries: readonly string[];
  nameservers: readonly string[];
  rootPlan: readonly RootEntry[];
  /** Of crashing containers. */
  restartBackoff: Backoff;
  /** Bounds how many Pods and containers are being set up at once. */
  slots: Slots;
  /** The IP object of a Pod's port. */
  addressRecord(portName: string): IP | undefined;
  secret(namespace: string, name: string): Secret | undefined;
  configMap(namespace: string, name: string): ConfigMap | undefined;
}

export const podDirectory = (context: Pick<AgentContext, 'stateDirectory'>, uid: string): string =>
  `${context.stateDirectory}/pods/${uid}`;
