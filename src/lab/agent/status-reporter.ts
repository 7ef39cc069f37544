/** Writes a Pod's status to the API: the latest only, one write at a time, and none that changes nothing. */

import { delayAfter } from '../../base/backoff.ts';
import { sleep } from '../../base/clock.ts';
import { NotFound } from '../../kube/errors.ts';
import { refOf } from '../../kube/resource-path.ts';
import { type Pod, type PodStatus, pods } from '../cluster/core-kinds.ts';
import { canonicalJson } from '../cluster/name-hash.ts';
import type { AgentContext } from './agent-context.ts';

const BACKOFF = { firstMs: 100, longestMs: 5_000 };

export class StatusReporter {
  readonly #context: AgentContext;
  readonly #compute: () => { pod: Pod; status: PodStatus };
  readonly #gone: AbortSignal;
  #sent = '';
  #dirty = false;
  #running: Promise<void> | undefined;

  constructor(context: AgentContext, gone: AbortSignal, compute: () => { pod: Pod; status: PodStatus }) {
    this.#context = context;
    this.#compute = compute;
    this.#gone = gone;
  }

  /** Has the status computed and written soon; changes that come together are written together. */
  report(): void {
    this.#dirty = true;
    this.#running ??= this.#flush().finally(() => {
      this.#running = undefined;
      if (this.#dirty && !this.#gone.aborted) this.report();
    });
  }

  /** Resolves when everything reported so far is written. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #flush(): Promise<void> {
    let failures = 0;
    // What changes in the same turn of the event loop belongs together.
    await Promise.resolve();
    while (this.#dirty && !this.#gone.aborted) {
      this.#dirty = false;
      try {
        await this.#write();
        failures = 0;
      } catch (error) {
        if (error instanceof NotFound) return;
        this.#context.logger.debug({ err: error }, 'status will be written again');
        this.#dirty = true;
        failures += 1;
        await sleep(this.#context.clock, delayAfter(failures, BACKOFF, this.#context.clock.random), this.#gone);
      }
    }
  }

  async #write(): Promise<void> {
    const { pod, status } = this.#compute();
    const text = canonicalJson(status);
    if (text === this.#sent) return;
    const body = { metadata: { uid: pod.metadata.uid }, status };
    await this.#context.client.patch(pods, refOf(pod), { type: 'merge', body }, { subresource: 'status' });
    this.#sent = text;
  }
}
