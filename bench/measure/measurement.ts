/** What a row of the benchmark says: numbers, each beside what it is held against. */

export type Unit = 's' | 'ms' | 'µs' | 'MB' | 'MB/s' | 'per s' | 'writes' | 'times';

export interface Quantity {
  readonly value: number;
  readonly unit: Unit;
}

/** A limit that nobody can be better than (the bare server), or a peer that does the same work. */
export interface Against {
  /** `prebuilt transactions`. */
  readonly what: string;
  readonly quantity: Quantity;
}

/** What the figure has to be: the ratio of ours to the limit or peer, or ours itself in its own unit. */
export interface Goal {
  readonly on: 'ratio' | 'ours';
  readonly relation: 'at most' | 'at least';
  readonly value: number;
}

export interface Measurement {
  readonly work: string;
  readonly ours: Quantity;
  readonly against?: Against;
  readonly goal?: Goal;
  /** What else was seen, for whoever wonders why: `14,002 transactions`. */
  readonly details?: readonly string[];
}

export const quantity = (value: number, unit: Unit): Quantity => ({ value, unit });

export const atMost = (value: number, on: Goal['on'] = 'ratio'): Goal => ({ on, relation: 'at most', value });
export const atLeast = (value: number, on: Goal['on'] = 'ratio'): Goal => ({ on, relation: 'at least', value });

/** Ours over theirs; undefined where there is nothing to compare with. */
export const ratioOf = ({ ours, against }: Measurement): number | undefined => {
  if (!against || against.quantity.value === 0) return undefined;
  if (against.quantity.unit !== ours.unit)
    throw new TypeError(`${ours.unit} cannot be compared with ${against.quantity.unit} of ${against.what}`);
  return ours.value / against.quantity.value;
};

/** undefined: no goal, or nothing to hold it against. */
export const isMet = (measurement: Measurement): boolean | undefined => {
  const { goal, ours } = measurement;
  const figure = goal?.on === 'ours' ? ours.value : ratioOf(measurement);
  if (goal === undefined || figure === undefined) return undefined;
  return goal.relation === 'at most' ? figure <= goal.value : figure >= goal.value;
};
