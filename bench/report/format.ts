import type { Goal, Quantity } from '../measure/measurement.ts';

/** Three digits that mean something: `1,234`, `12.3`, `0.046`. */
export const formatNumber = (value: number): string => {
  const size = Math.abs(value);
  if (size >= 100 || value === 0) return Math.round(value).toLocaleString('en');
  const digits = Math.max(0, 2 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(digits, 3));
};

/** `12.3 ms`; a mere factor has no unit. */
export const formatQuantity = ({ value, unit }: Quantity): string =>
  unit === 'times' ? formatNumber(value) : `${formatNumber(value)} ${unit}`;

/** `≤ 1.5 ×`, `≤ 300 MB`. */
export const formatGoal = (goal: Goal, ours: Quantity): string => {
  const sign = goal.relation === 'at most' ? '≤' : '≥';
  if (goal.on === 'ratio') return `${sign} ${goal.value} ×`;
  return `${sign} ${ours.unit === 'times' ? goal.value : `${goal.value} ${ours.unit}`}`;
};
