/** Waiting in tests: for a condition, never for a time. */
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 20_000;
const BETWEEN_MS = 10;

/** Looks until the condition holds. @throws with `what` after `timeoutMs`, or at once what the condition throws */
export async function until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = PATIENCE_MS) {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`gave up waiting until ${what}`);
    await delay(BETWEEN_MS);
  }
}

/** Tries until it does not throw. @throws its last complaint after `timeoutMs` */
export async function eventually<T>(attempt: () => T | Promise<T>, timeoutMs = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(5 * BETWEEN_MS);
    }
  }
}
