import type { WatchHub } from '../watch/hub.ts';
import { customResources } from './custom-resources.ts';
import { eventExpiry } from './event-expiry.ts';
import { garbageCollection } from './garbage-collection.ts';
import { namespaceContent } from './namespace-content.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import type { Plugin } from './plugin.ts';
import { podPlugin } from './pod.ts';
import { podRules } from './pod-rules.ts';
import { secretPlugin } from './secret.ts';
import { servicePlugin } from './service.ts';
import type { ServiceNetwork } from './service-network.ts';
import { workloadDefaults } from './workload-defaults.ts';
import { workloadRules } from './workload-rules.ts';

export interface PluginOptions {
  readonly network: ServiceNetwork;
  readonly hub: WatchHub;
  /** PEM of the cluster's certificate authority. */
  readonly authority: string;
  readonly eventTtlMs: number;
}

/** Everything particular to a kind, in the order in which it is asked. */
export const installedPlugins = ({ network, hub, authority, eventTtlMs }: PluginOptions): Plugin[] => [
  customResources(hub),
  namespaceLifecycle,
  workloadDefaults,
  workloadRules,
  podPlugin,
  podRules,
  secretPlugin,
  servicePlugin(network),
  garbageCollection(),
  namespaceContent(authority),
  eventExpiry(eventTtlMs),
];
