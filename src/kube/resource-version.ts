/**
 * The order of two resource versions of one kind. Opaque for long, they are promised to be comparable decimal numbers:
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
const decimal = /^[1-9][0-9]*$/;

/**
 * Whether `version` is later than `held`. Versions that are no decimal numbers (or missing) count as later when they differ:
 * then the order of arrival decides.
 */
export function isLater(version: string | undefined, held: string | undefined): boolean {
  if (!version || !held || !decimal.test(version) || !decimal.test(held)) return version !== held;
  return version.length === held.length ? version > held : version.length > held.length;
}
