/**
 * Just enough of a cluster for the lab: what kube-scheduler and kube-controller-manager do to Deployments, Pods, Services and
 * Nodes. Speaks only Kubernetes REST; never part of what runs on a real cluster.
 */
import { type ClusterOptions, type Controller, createContext, joinControllers } from './context.ts';
import { startDeploymentController } from './deployment-controller.ts';
import { startEndpointSliceController } from './endpoint-slice-controller.ts';
import { startNamespaceDefaults } from './namespace-defaults.ts';
import { startNodeLifecycle } from './node-lifecycle.ts';
import { startReplicaSetController } from './replica-set-controller.ts';
import { startScheduler } from './scheduler.ts';

const starters = [
  startNamespaceDefaults,
  startScheduler,
  startReplicaSetController,
  startDeploymentController,
  startEndpointSliceController,
  startNodeLifecycle,
];

/** Resolves when every cache is filled and the controllers are at work. */
export const startCluster = async (options: ClusterOptions): Promise<Controller> => {
  const context = createContext(options);
  const informers = Object.values(context.caches);
  for (const informer of informers) informer.start();
  await Promise.all(informers.map(informer => informer.synced));
  const controllers = joinControllers(starters.map(start => start(context)));
  return {
    idle: controllers.idle,
    stop: async () => {
      await controllers.stop();
      await context.events.flush();
      await Promise.all(informers.map(informer => informer.stop()));
    },
  };
};
