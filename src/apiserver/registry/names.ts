import { type FieldError, fieldInvalid } from '../status-error.ts';
import type { NameRule } from './resource.ts';

/** Rules and wording of k8s.io/apimachinery/pkg/util/validation. */
const rules: Readonly<Record<NameRule, { limit: number; pattern: RegExp; message: string }>> = {
  subdomain: {
    limit: 253,
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    message:
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  },
  label: {
    limit: 63,
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    message:
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  },
  rfc1035: {
    limit: 63,
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    message:
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  },
  'path-segment': {
    limit: Number.POSITIVE_INFINITY,
    pattern: /^(?!\.\.?$)[^/%]+$/,
    message: "may not be '.' or '..' and may not contain '/' or '%'",
  },
};

export const checkName = (rule: NameRule, name: string, field = 'metadata.name'): FieldError[] => {
  const { limit, pattern, message } = rules[rule];
  return [
    ...(pattern.test(name) ? [] : [fieldInvalid(field, name, message)]),
    ...(name.length > limit ? [fieldInvalid(field, name, `must be no more than ${limit} characters`)] : []),
  ];
};
