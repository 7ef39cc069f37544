import type { KubeClient } from '../../kube/client.ts';
import { Informer, withoutManagedFields } from '../../kube/informer.ts';
import { type Node, nodeType } from '../../resources/builtin/core.ts';
import { messageOf } from '../errors.ts';
import type { Vswitch } from '../fabric/vswitch.ts';
import { applyJoinAddress, joinAddressOf } from './join-device.ts';

export interface JoinWatchOptions {
  client: KubeClient;
  /** Each node's switch. */
  switches: ReadonlyMap<string, Vswitch>;
  podNetworks: readonly string[];
  warn: (message: string) => void;
}

const RETRY_MS = 1_000;

/** Gives each node's `ovn0` the address that the controller writes on the Node, now and whenever it changes. */
export const watchJoinAddresses = ({ client, switches, podNetworks, warn }: JoinWatchOptions): Informer<Node> => {
  const applied = new Map<string, string>();

  const follow = async ({ metadata: { name, annotations } }: Node): Promise<void> => {
    const socket = switches.get(name)?.socket;
    const wanted = joinAddressOf(annotations);
    if (!socket || !wanted || applied.get(name) === JSON.stringify(wanted)) return;
    applied.set(name, JSON.stringify(wanted));
    if (!wanted.ok) return warn(`ovn0 of ${name}: ${wanted.error}`);
    await applyJoinAddress(name, socket, wanted.value, podNetworks).catch(error => {
      warn(`ovn0 of ${name}: ${messageOf(error)}`);
      applied.delete(name);
      setTimeout(() => retry(name), RETRY_MS).unref();
    });
  };

  const retry = (name: string): void => {
    const node = informer.get(name);
    if (node) void follow(node);
  };

  for (const [name, vswitch] of switches) {
    vswitch.onRestart(() => {
      applied.delete(name);
      retry(name);
    });
  }

  const informer = new Informer({ client, type: nodeType, transform: withoutManagedFields });
  informer.onChange(changes => {
    for (const { object } of changes) void follow(object);
  });
  return informer.start();
};
