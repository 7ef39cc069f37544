import type { Condition } from './meta.ts';

/** A condition before it is dated. */
export type Finding = Omit<Condition, 'lastTransitionTime'>;

/** Everything the object asks for is in place. */
export const ready = (reason: string, message: string, observedGeneration?: number): Finding => ({
  ...finding('True', reason, message),
  ...generation(observedGeneration),
});

/** Something is missing or wrong: `message` says what, where, and what to do. */
export const notReady = (reason: string, message: string, observedGeneration?: number): Finding => ({
  ...finding('False', reason, message),
  ...generation(observedGeneration),
});

const finding = (status: Condition['status'], reason: string, message: string): Finding => ({
  type: 'Ready',
  status,
  reason,
  message,
});

const generation = (observedGeneration: number | undefined): { observedGeneration?: number } =>
  observedGeneration === undefined ? {} : { observedGeneration };

/**
 * The conditions with this one in them, in the place where its type was. `now` is RFC 3339. `lastTransitionTime` moves
 * only when the status does, so that the same finding twice gives equal conditions and no write.
 */
export const setCondition = (
  conditions: readonly Condition[] | undefined,
  found: Finding,
  now: string,
): Condition[] => {
  const previous = conditions?.find(condition => condition.type === found.type);
  const lastTransitionTime = previous?.status === found.status ? previous.lastTransitionTime : now;
  const updated: Condition = { ...found, lastTransitionTime };
  if (!previous) return [...(conditions ?? []), updated];
  return (conditions ?? []).map(condition => (condition === previous ? updated : condition));
};

export const findCondition = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined =>
  conditions?.find(condition => condition.type === type);

/** Whether `Ready` is True. */
export const isReady = (object: { status?: { conditions?: readonly Condition[] } }): boolean =>
  findCondition(object.status?.conditions, 'Ready')?.status === 'True';
