/** Milliseconds since 1970 with fractions: the same clock in every process, so that moments can be compared. */
export const moment = (): number => performance.timeOrigin + performance.now();

/** How long the work took, in ms, and its result. */
export const timed = async <T>(work: () => Promise<T> | T): Promise<{ readonly ms: number; readonly result: T }> => {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
};

/** Asks until the condition holds. @throws with `what` when it does not in time */
export const until = async (what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 60_000) => {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`gave up waiting until ${what}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
};

/** Works through the items, so many at once. */
export const eachOf = async <T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<unknown>) => {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};
