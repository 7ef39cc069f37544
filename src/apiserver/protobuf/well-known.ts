import type { JsonValue } from '../schema/types.ts';

type Plain = ReadonlyMap<number, number | Uint8Array>;

const number = (fields: Plain, at: number): number => Number(fields.get(at) ?? 0);

const text = (fields: Plain, at: number): string => {
  const bytes = fields.get(at);
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '';
};

const json = (fields: Plain): JsonValue | undefined => {
  const source = text(fields, 1);
  return source ? JSON.parse(source) : undefined;
};

/** Seconds and nanoseconds since the epoch; the zero time is no time. */
const time =
  (digits: number) =>
  (fields: Plain): JsonValue | undefined => {
    if (fields.size === 0) return undefined;
    const seconds = new Date(number(fields, 1) * 1000).toISOString().slice(0, 19);
    const fraction = digits > 0 ? `.${String(number(fields, 2)).padStart(9, '0').slice(0, digits)}` : '';
    return `${seconds}${fraction}Z`;
  };

const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1';

/** Messages whose JSON is not an object of their fields. */
export const wellKnown: ReadonlyMap<string, (fields: Plain) => JsonValue | undefined> = new Map([
  [`${meta}.Time`, time(0)],
  [`${meta}.MicroTime`, time(6)],
  [`${meta}.Duration`, fields => `${number(fields, 1) / 1e9}s`],
  [`${meta}.FieldsV1`, json],
  ['k8s.io.apimachinery.pkg.runtime.RawExtension', json],
  ['k8s.io.apimachinery.pkg.api.resource.Quantity', fields => text(fields, 1)],
  [
    'k8s.io.apimachinery.pkg.util.intstr.IntOrString',
    fields => (number(fields, 1) === 1 ? text(fields, 3) : number(fields, 2)),
  ],
]);
