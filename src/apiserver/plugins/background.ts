/** A set of keys to look at, worked off in the background, one after another. A key asked for meanwhile is looked at again. */
export class Background<Key> {
  readonly #work: (key: Key) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #pending = new Set<Key>();
  #running = false;
  #stopped = false;

  constructor(work: (key: Key) => Promise<void>, onError: (error: unknown) => void) {
    this.#work = work;
    this.#onError = onError;
  }

  add(key: Key): void {
    this.#pending.add(key);
    if (this.#running || this.#stopped) return;
    this.#running = true;
    setImmediate(() => void this.#run());
  }

  stop(): void {
    this.#stopped = true;
    this.#pending.clear();
  }

  async #run(): Promise<void> {
    for (const key of this.#pending) {
      this.#pending.delete(key);
      try {
        await this.#work(key);
      } catch (error) {
        if (!this.#stopped) this.#onError(error);
      }
    }
    this.#running = false;
  }
}
