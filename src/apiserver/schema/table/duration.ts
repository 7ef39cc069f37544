const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** Each row: up to `below` seconds, show `major` and, where given, the remainder in `minor`. */
const scales: readonly { below: number; major: Unit; minor?: Unit }[] = [
  { below: 2 * minute, major: ['s', 1] },
  { below: 10 * minute, major: ['m', minute], minor: ['s', 1] },
  { below: 3 * hour, major: ['m', minute] },
  { below: 8 * hour, major: ['h', hour], minor: ['m', minute] },
  { below: 2 * day, major: ['h', hour] },
  { below: 8 * day, major: ['d', day], minor: ['h', hour] },
  { below: 2 * year, major: ['d', day] },
  { below: 8 * year, major: ['y', year], minor: ['d', day] },
  { below: Number.POSITIVE_INFINITY, major: ['y', year] },
];

type Unit = readonly [suffix: string, seconds: number];

/** A duration as kubectl shows ages: `42s`, `5m10s`, `3d4h`. Clocks that differ by a second are no fault. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  const positive = Math.max(seconds, 0);
  const scale = scales.find(({ below }) => positive < below);
  if (!scale) return '<invalid>';
  const { major, minor } = scale;
  const rest = minor ? Math.floor((positive % major[1]) / minor[1]) : 0;
  return `${Math.floor(positive / major[1])}${major[0]}${minor && rest > 0 ? `${rest}${minor[0]}` : ''}`;
}

/** How long ago a timestamp was, from `now` in milliseconds. */
export function since(timestamp: unknown, now: number): string {
  if (typeof timestamp !== 'string' || timestamp === '') return '<unknown>';
  const then = Date.parse(timestamp);
  return Number.isNaN(then) ? '<invalid>' : humanDuration(now - then);
}
