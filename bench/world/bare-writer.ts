/** What the API itself takes: server-side applies of small objects by a client that does nothing else. */
import type { KubeClient } from '../../src/kube/client.ts';
import { eachOf, timed } from '../measure/stopwatch.ts';
import { eip } from './objects.ts';

/** As many as the controllers have under way. */
const AT_ONCE = 32;

/** Milliseconds for each of so many. */
export const bareApplyMs = async (client: KubeClient, writes: number): Promise<number> => {
  const manifests = Array.from({ length: writes }, (_, index) => eip(0, `bare-${index}`));
  const { ms } = await timed(() =>
    eachOf(manifests, AT_ONCE, ({ type, object }) => client.apply(type, object, { force: true })),
  );
  return ms / writes;
};
