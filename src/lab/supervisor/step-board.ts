import { type Report, type StepEvent, StepFailed } from '../steps.ts';

/** Passes events on, and lets work wait for steps that other processes do. */
export class StepBoard {
  readonly #report: Report;
  readonly #steps = new Map<string, PromiseWithResolvers<void>>();

  constructor(report: Report) {
    this.#report = report;
  }

  readonly report: Report = (event: StepEvent): void => {
    this.#report(event);
    if (event.state === 'done') this.#entry(event.step).resolve();
    if (event.state === 'failed') this.#entry(event.step).reject(new StepFailed(event.step, event.message));
  };

  /** Rejects with `StepFailed` when the step fails. */
  done(step: string): Promise<void> {
    return this.#entry(step).promise;
  }

  #entry(step: string): PromiseWithResolvers<void> {
    const known = this.#steps.get(step);
    if (known) return known;
    const entry = Promise.withResolvers<void>();
    entry.promise.catch(() => {}); // a step that nobody waits for may fail; its event has been passed on
    this.#steps.set(step, entry);
    return entry;
  }
}
