/** An expected success or failure as a value. `E` is a sentence for a user unless a caller needs more. */
export type Result<T, E = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const success = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const failure = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/** The value of a result that cannot fail here (a literal, or text validated before). Throws if it did: that is a bug. */
export const unwrap = <T>(result: Result<T, unknown>): T => {
  if (result.ok) return result.value;
  throw new Error(typeof result.error === 'string' ? result.error : JSON.stringify(result.error));
};
