import { setTimeout as sleep } from 'node:timers/promises';
import { podLog } from '../control/answers.ts';
import { askControl } from '../control/client.ts';
import { EXIT, LabError } from '../errors.ts';
import type { RunningLab } from './find-lab.ts';
import type { CopyLogOptions } from './logs.ts';
import { podsOf } from './places.ts';

const POLL_MS = 300;

/** Copies what a pod's first container says to a stream; `pod` is `namespace/name`. */
export const copyPodLog = async (
  lab: RunningLab,
  pod: string,
  output: NodeJS.WritableStream,
  { follow, signal }: CopyLogOptions,
): Promise<void> => {
  const [namespace, name] = pod.split('/');
  let since: string | undefined;
  let seen = new Set<string>();
  do {
    const lines = await askControl(lab.paths.sandboxSocket, '/pod-log', podLog, { namespace, name, since });
    if (!lines) throw await noSuchPod(lab, pod);
    // Lines of the last moment come again, as more of them may have been written in it.
    const fresh = lines.filter(({ time, text }) => !seen.has(`${time} ${text}`));
    for (const { text } of fresh) output.write(`${text}\n`);
    since = lines.at(-1)?.time ?? since;
    seen = new Set(lines.filter(({ time }) => time === since).map(({ time, text }) => `${time} ${text}`));
    if (follow) await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  } while (follow && !signal.aborted);
};

const noSuchPod = async (lab: RunningLab, pod: string): Promise<LabError> =>
  new LabError(`no pod ${pod} runs`, {
    remedy: `there are: ${(await podsOf(lab)).join(', ') || 'none'}`,
    exitCode: EXIT.usage,
  });
