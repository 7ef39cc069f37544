/** The `kubernetes` Service on a node: its address, and behind it the API that is outside the sandbox. */
import { ipBatch } from '../../host/links.ts';
import { listenInNamespace } from '../../host/listen.ts';
import { relayConnections } from '../relay.ts';

const HTTPS = 443;

export const serveApiAddress = async (netns: string, apiAddress: string, apiSocket: string): Promise<void> => {
  await ipBatch([`address replace ${apiAddress}/32 dev lo`], { netns });
  relayConnections(await listenInNamespace(netns, apiAddress, HTTPS), { path: apiSocket });
};
