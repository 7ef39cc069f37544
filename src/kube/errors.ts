/** What the API server says no with. `metav1.Status`: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */

export interface Status {
  readonly kind: 'Status';
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly uid?: string;
    readonly kind?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  };
}

/** Any refusal; `message` is the server's own, prefixed with the request. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly code: number;
  readonly status: Status;
  constructor(request: string, status: Status, options?: ErrorOptions) {
    super(`${request}: ${status.message ?? status.reason ?? `answered ${status.code ?? 'without a code'}`}`, options);
    this.status = status;
    this.code = status.code ?? 0;
  }
}

export class BadRequest extends ApiError {
  override readonly name = 'BadRequest';
}
export class Unauthorized extends ApiError {
  override readonly name = 'Unauthorized';
}
export class Forbidden extends ApiError {
  override readonly name = 'Forbidden';
}
/** The object is not there, or its kind is not served. */
export class NotFound extends ApiError {
  override readonly name = 'NotFound';
}
export class AlreadyExists extends ApiError {
  override readonly name = 'AlreadyExists';
}
/** Someone wrote the object meanwhile, or another field manager owns a field that `apply` wants to change. */
export class Conflict extends ApiError {
  override readonly name = 'Conflict';
}
/** The requested history is compacted: list again. */
export class Gone extends ApiError {
  override readonly name = 'Gone';
}
/** The object breaks its schema or a rule; `status.details.causes` names the fields. */
export class Invalid extends ApiError {
  override readonly name = 'Invalid';
}
export class TooManyRequests extends ApiError {
  override readonly name = 'TooManyRequests';
  /** Seconds to wait, as the server asked for. */
  get retryAfter(): number {
    return this.status.details?.retryAfterSeconds ?? 1;
  }
}
/** No answer, or one of the 5xx family. A write may or may not have happened. */
export class Unavailable extends ApiError {
  override readonly name = 'Unavailable';
}

const byCode: Readonly<Record<number, typeof ApiError>> = {
  400: BadRequest,
  401: Unauthorized,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  410: Gone,
  422: Invalid,
  429: TooManyRequests,
};

const classOf = (status: Status): typeof ApiError => {
  if (status.reason === 'AlreadyExists') return AlreadyExists;
  const code = status.code ?? 0;
  return byCode[code] ?? (code >= 500 ? Unavailable : ApiError);
};

export function errorOf(request: string, status: Status): ApiError {
  const ErrorClass = classOf(status);
  return new ErrorClass(request, status);
}

export const unavailable = (request: string, cause: unknown): Unavailable => {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new Unavailable(request, { kind: 'Status', code: 0, reason: 'Unavailable', message: reason }, { cause });
};

export const isStatus = (value: unknown): value is Status =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'Status';
