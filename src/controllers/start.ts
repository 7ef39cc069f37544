import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { Engine } from '../converge/engine.ts';
import { type Outcome, type Owner, ownerOf } from '../converge/piece.ts';
import type { KubeClient } from '../kube/client.ts';
import type { EventRecorder } from '../kube/events.ts';
import { objectKey } from '../resources/meta.ts';
import { defaultSubnet, joinSubnet } from '../resources/names.ts';
import { AddressPools } from './address-pools.ts';
import { BadNews } from './bad-news.ts';
import { Caches } from './caches.ts';
import type { Controller, Settings } from './controller.ts';
import { CACHED_KINDS } from './kinds.ts';
import { OwnObjects } from './own-object.ts';
import { createReconciler } from './reconciler.ts';
import { AddressesInRows } from './targets/addresses-in-rows.ts';
import { KubeTarget } from './targets/kube-target.ts';
import type { Northbound } from './targets/northbound.ts';
import { OvnTarget } from './targets/ovn-target.ts';
import { eipController } from './tenant/eip-controller.ts';
import { fipController } from './tenant/fip-controller.ts';
import { projectController } from './tenant/project-controller.ts';
import { serviceController } from './tenant/service-controller.ts';
import { dnatController, ovnFipController } from './vpc/nat-controllers.ts';
import { ovnEipController } from './vpc/ovn-eip-controller.ts';
import { providerNetworkController, vlanController } from './vpc/physical-network-controllers.ts';
import { snatController } from './vpc/snat-controller.ts';
import { subnetController } from './vpc/subnet-controller.ts';
import { vpcController } from './vpc/vpc-controller.ts';
import { nodeController, podController } from './vpc/workload-controllers.ts';

export const DEFAULT_SETTINGS: Settings = {
  defaultExternalSubnet: 'ext-cloud',
  defaultSubnet,
  joinSubnet,
  loadBalancerClass: 'kube-dc.com/nlb',
};

/** In the order in which a cold start goes through them: what others refer to comes first. */
const TENANT_CONTROLLERS: readonly Controller[] = [projectController, eipController, fipController, serviceController];
const VPC_CONTROLLERS: readonly Controller[] = [
  providerNetworkController,
  vlanController,
  vpcController,
  subnetController,
  ovnEipController,
  snatController,
  ovnFipController,
  dnatController,
  nodeController,
  podController,
];

export interface ControllerOptions {
  readonly client: KubeClient;
  readonly northbound: Northbound;
  readonly events: EventRecorder;
  readonly logger: Logger;
  readonly settings?: Partial<Settings>;
  /** Off where Kube-OVN reconciles the kubeovn.io objects: then only Services' load balancers are our rows. */
  readonly vpcEngine?: boolean;
  /** Whether this process may write now (leader election). */
  readonly mayWrite?: () => boolean;
  /** How long a released address rests. */
  readonly quarantineMs?: number;
  readonly concurrency?: number;
  readonly clock?: Clock;
}

export interface RunningController {
  /** Owners that wait or are worked on, and those that failed and will be tried again. */
  readonly backlog: () => { readonly waiting: number; readonly failing: number };
  /** Resolves when there is nothing to do now. */
  readonly idle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Runs the controllers; resolves when caches and database are in step and everything there is has been queued. */
export const startControllers = async (options: ControllerOptions): Promise<RunningController> => {
  const { client, northbound, logger, clock = systemClock, concurrency = 32, mayWrite = () => true } = options;
  const controllers = [...(options.vpcEngine === false ? [] : VPC_CONTROLLERS), ...TENANT_CONTROLLERS];
  const caches = new Caches(CACHED_KINDS, {
    client,
    onError: error => logger.warn({ error: String(error) }, 'watching the API'),
  });
  const addressesInRows = new AddressesInRows(northbound);
  const rows = new OvnTarget(northbound, mayWrite);
  const objects = new KubeTarget(client, caches);
  await Promise.all([caches.start(), northbound.synchronised()]);

  const pools = new AddressPools({
    caches,
    clock,
    quarantineMs: options.quarantineMs ?? 5_000,
    inUse: address => addressesInRows.has(address),
    signal: signal => engine.signal(signal),
  });
  const engine: Engine = new Engine({
    clock,
    concurrency,
    onOutcome: (owner, outcome, bug) => log(logger, owner, outcome, bug),
    prepare: createReconciler({
      caches,
      controllers,
      pools,
      objects,
      rows,
      settings: { ...DEFAULT_SETTINGS, ...options.settings },
      own: new OwnObjects(client, caches),
      mayWrite,
      badNews: new BadNews(
        () => clock.now(),
        () => engine.backlog > concurrency,
      ),
      wallClock: () => new Date(),
      onNotReady: (object, reason, message) => options.events.record(object, { type: 'Warning', reason, message }),
    }),
  });

  const endings = [
    rows.onSignal(signal => engine.signal(signal)),
    rows.onDrift(owner => engine.enqueue(owner)),
    addressesInRows.onGone(addresses => pools.recheck(addresses)),
    objects.onDrift(owner => engine.enqueue(owner)),
    follow(caches, controllers, engine),
  ];
  for (const owner of new Set([...rows.owners(), ...objects.owners()])) engine.enqueue(owner, 'background');
  logger.info('controllers started');
  return {
    backlog: () => ({ waiting: engine.backlog, failing: engine.failing }),
    idle: () => engine.idle(),
    stop: async () => {
      for (const end of endings) end();
      await engine.stop();
      await caches.stop();
      await options.events.flush();
    },
  };
};

/** What is there already is background work; what changes from now on goes before it. */
const follow = (caches: Caches, controllers: readonly Controller[], engine: Engine): (() => void) => {
  const kinds = new Set(controllers.map(controller => controller.type.kind));
  for (const { type } of controllers) {
    for (const object of caches.informer(type).list())
      engine.enqueue(ownerOf(type.kind, objectKey(object.metadata)), 'background');
  }
  return caches.onChange(changes => {
    for (const { type, object, signals } of changes) {
      for (const signal of signals) engine.signal(signal);
      if (kinds.has(type.kind)) engine.enqueue(ownerOf(type.kind, objectKey(object.metadata)));
    }
  });
};

const log = (logger: Logger, owner: Owner, outcome: Outcome, bug: Error | undefined): void => {
  if (bug) logger.error({ owner, stack: bug.stack }, `bug while reconciling: ${bug.message}`);
  else if (outcome.kind === 'retry') logger.warn({ owner }, outcome.message);
  else if (outcome.kind === 'rejected')
    logger.info({ owner, reason: outcome.rejection.reason }, outcome.rejection.message);
  else if (outcome.kind === 'waiting') logger.debug({ owner, on: outcome.on }, outcome.message);
};
