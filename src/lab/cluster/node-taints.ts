/** The taints by which pods keep off a node that is not ready. Pure. */
import type { Node, Taint } from './core-kinds.ts';

const prefix = 'node.kubernetes.io/';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/ : what the Ready condition of each status is shown as. */
const ofReadiness: Readonly<Record<string, string | undefined>> = {
  False: `${prefix}not-ready`,
  Unknown: `${prefix}unreachable`,
};

const speaksOfReadiness = ({ key, effect }: Taint): boolean =>
  effect === 'NoSchedule' && Object.values(ofReadiness).includes(key);

/**
 * The taints a node should have: those of others and the one of its Ready condition. A kube-apiserver gives every new node
 * `not-ready`, and counts on somebody to take it away. A node without the condition keeps what it has.
 */
export const taintsOf = ({ spec, status }: Node): Taint[] => {
  const taints = spec?.taints ?? [];
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  if (ready === undefined) return taints;
  const key = ofReadiness[ready];
  const kept = taints.filter(taint => !speaksOfReadiness(taint) || taint.key === key);
  if (key === undefined || kept.some(speaksOfReadiness)) return kept;
  return [...kept, { key, effect: 'NoSchedule' }];
};
