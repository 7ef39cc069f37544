/** Field errors in the words of k8s.io/apimachinery/pkg/util/validation/field. */
import type { FieldError, JsonValue } from './types.ts';

/** Go prints strings and structures as JSON does, other scalars plainly. */
const print = (value: JsonValue): string => JSON.stringify(value);

const detail = (text: string, more: string): string => (more ? `${text}: ${more}` : text);

const error = (field: string, message: string, reason: FieldError['reason']): FieldError => ({
  field: field || '<nil>',
  message,
  reason,
});

export const required = (field: string, more = ''): FieldError =>
  error(field, detail('Required value', more), 'FieldValueRequired');

export const invalid = (field: string, value: JsonValue, why: string): FieldError =>
  error(field, `Invalid value: ${print(value)}: ${why}`, 'FieldValueInvalid');

export const typeInvalid = (field: string, actual: string, why: string): FieldError =>
  error(field, `Invalid value: ${print(actual)}: ${why}`, 'FieldValueTypeInvalid');

export const notSupported = (field: string, value: JsonValue, supported: readonly JsonValue[]): FieldError => {
  const list = supported.map(each => print(typeof each === 'string' ? each : JSON.stringify(each))).join(', ');
  return error(field, `Unsupported value: ${print(value)}: supported values: ${list}`, 'FieldValueNotSupported');
};

export const duplicate = (field: string, value: JsonValue): FieldError =>
  error(field, `Duplicate value: ${print(value)}`, 'FieldValueDuplicate');

export const tooLong = (field: string, limit: number): FieldError =>
  error(field, `Too long: may not be more than ${limit} byte${limit === 1 ? '' : 's'}`, 'FieldValueTooLong');

export const tooMany = (field: string, actual: number, limit: number): FieldError =>
  error(field, `Too many: ${actual}: must have at most ${limit} item${limit === 1 ? '' : 's'}`, 'FieldValueTooMany');
