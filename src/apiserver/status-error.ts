/**
 * Errors as Kubernetes says them: a `metav1.Status` with code, reason, message and causes. Wording follows
 * k8s.io/apimachinery/pkg/api/errors, since people search for it and clients match on it.
 */

export interface StatusCause {
  reason: string;
  message: string;
  field: string;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, unknown>;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code: number;
}

/** What an error is about: a group and the plural (or, for Invalid, the kind), as in `deployments.apps "web" not found`. */
export interface Subject {
  group: string;
  resource: string;
}

/** One broken rule of one field; `message` is without the field path: `Invalid value: "x": must be …`. */
export interface FieldError {
  field: string;
  reason: string;
  message: string;
}

export class StatusError extends Error {
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'StatusError';
    this.status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
    if (details) this.status.details = details;
  }
}

const qualified = ({ group, resource }: Subject): string => (group ? `${resource}.${group}` : resource);
const details = (subject: Subject, name: string): StatusDetails => ({
  ...(name && { name }),
  ...(subject.group && { group: subject.group }),
  kind: subject.resource,
});

export const notFound = (subject: Subject, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${qualified(subject)} "${name}" not found`, details(subject, name));

/** No such path, group, version or resource. */
export const noSuchResource = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (subject: Subject, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${qualified(subject)} "${name}" already exists`, details(subject, name));

export const conflict = (subject: Subject, name: string, why: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${why}`,
    details(subject, name),
  );

export const modified = (subject: Subject, name: string): StatusError =>
  conflict(
    subject,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const forbidden = (subject: Subject, name: string, why: string): StatusError =>
  new StatusError(403, 'Forbidden', `${qualified(subject)} "${name}" is forbidden: ${why}`, details(subject, name));

export const unauthorized = (): StatusError => new StatusError(401, 'Unauthorized', 'Unauthorized');

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const notAcceptable = (offered: string): StatusError =>
  new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${offered}`);

export const unsupportedMediaType = (offered: string): StatusError =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${offered}`,
  );

/** The resource version asked for is no longer in the history window. */
export const expired = (message: string): StatusError => new StatusError(410, 'Expired', message);

export const tooOld = (asked: number, oldest: number): StatusError =>
  expired(`too old resource version: ${asked} (${oldest})`);

export const requestTooLarge = (limit: number): StatusError =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);

/** An object larger than what is stored, in etcd's words. */
export const objectTooLarge = (): StatusError =>
  new StatusError(413, 'RequestEntityTooLarge', 'etcdserver: request is too large');

export const internalError = (message: string): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`);

/** 422 with one cause per broken rule. `subject.resource` is the kind here, as in `Service "x" is invalid`. */
export const invalid = (subject: Subject, name: string, errors: readonly FieldError[]): StatusError => {
  const lines = errors.map(({ field, message }) => (field ? `${field}: ${message}` : message));
  const summary = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${qualified(subject)} "${name}" is invalid: ${summary}`, {
    ...details(subject, name),
    causes: errors.map(({ field, reason, message }) => ({ reason, message, field })),
  });
};

/** As Go's `%#v` of a JSON value, which is how Kubernetes quotes a bad value. */
export const quoted = (value: unknown): string => (value === undefined ? 'null' : JSON.stringify(value));

export const fieldInvalid = (field: string, value: unknown, why: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${quoted(value)}: ${why}`,
});

export const fieldRequired = (field: string, why = ''): FieldError => ({
  field,
  reason: 'FieldValueRequired',
  message: why ? `Required value: ${why}` : 'Required value',
});

export const fieldForbidden = (field: string, why: string): FieldError => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
});

export const fieldDuplicate = (field: string, value: unknown): FieldError => ({
  field,
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${quoted(value)}`,
});

export const fieldNotSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${quoted(value)}: supported values: ${supported.map(quoted).join(', ')}`,
});
