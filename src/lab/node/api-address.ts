/** The `kubernetes` Service in a namespace: its address, and behind it the API that is outside the sandbox. */
import type { Server } from 'node:net';
import { ipBatch } from '../../host/links.ts';
import { listenInNamespace } from '../../host/listen.ts';
import { ipCommand } from '../../host/words.ts';
import { relayConnections } from '../relay.ts';

const HTTPS = 443;

export const serveApiAddress = async (netns: string, apiAddress: string, apiSocket: string): Promise<Server> => {
  await ipBatch([ipCommand`address replace ${apiAddress}/32 dev lo`], { netns });
  const server = await listenInNamespace(netns, apiAddress, HTTPS);
  relayConnections(server, { path: apiSocket });
  return server;
};
