/** The `kubernetes` Service in pods: what runs in them finds the API at its cluster address, as on any cluster. */
import type { Server } from 'node:net';
import type { KubeClient } from '../../kube/client.ts';
import { Informer, withoutManagedFields } from '../../kube/informer.ts';
import { type Pod, podType } from '../../resources/builtin/core.ts';
import { networkNames } from '../agent/pod-network.ts';
import { messageOf } from '../errors.ts';
import { serveApiAddress } from './api-address.ts';

export interface PodApiOptions {
  client: KubeClient;
  apiAddress: string;
  apiSocket: string;
  warn: (message: string) => void;
}

/** A pod has its network once it has an address. Its listener ends with it: an open socket would keep the namespace. */
export const servePodApiAddresses = ({ client, apiAddress, apiSocket, warn }: PodApiOptions): Informer<Pod> => {
  const servers = new Map<string, Promise<Server | undefined>>();

  const serve = (uid: string, pod: string): Promise<Server | undefined> =>
    serveApiAddress(networkNames(uid).netns, apiAddress, apiSocket).catch(error => {
      warn(`the API in pod ${pod}: ${messageOf(error)}`);
      return undefined;
    });

  const end = async (uid: string): Promise<void> => {
    const server = await servers.get(uid);
    servers.delete(uid);
    server?.close();
  };

  const informer = new Informer({ client, type: podType, transform: withoutManagedFields });
  informer.onChange(changes => {
    for (const { type, object } of changes) {
      const { uid = '', name } = object.metadata;
      if (type === 'deleted') void end(uid);
      else if (hasOwnNetwork(object) && !servers.has(uid)) servers.set(uid, serve(uid, name));
    }
  });
  return informer.start();
};

const hasOwnNetwork = ({ spec, status }: Pod): boolean => status?.podIP !== undefined && spec.hostNetwork !== true;
