/** Two small tools for tasks that wait on each other. */

/** Wakes everyone who waits. Whoever looks at the state and then waits, without an `await` in between, misses nothing. */
export class Notifier {
  #next = Promise.withResolvers<void>();

  notify(): void {
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers<void>();
    resolve();
  }

  /** Resolves at the next `notify`, or when the signal is aborted. */
  wait(signal: AbortSignal): Promise<void> {
    return unlessAborted(this.#next.promise, signal);
  }
}

/** Resolves when the signal is aborted; or never, when nobody waits for that any more. */
export const aborted = (signal: AbortSignal, unneeded?: AbortSignal): Promise<undefined> =>
  new Promise(resolve => {
    if (signal.aborted) resolve(undefined);
    else
      signal.addEventListener('abort', () => resolve(undefined), { once: true, ...(unneeded && { signal: unneeded }) });
  });

/** What the promise brings, or nothing as soon as the signal is aborted. The signal remembers nothing of it afterwards. */
export const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> => {
  const settled = new AbortController();
  return Promise.race([promise, aborted(signal, settled.signal)]).finally(() => settled.abort());
};

/** Lets at most `size` tasks run at once; the others wait in order. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>(resolve => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
