import type { Served } from '../registry/registry.ts';

/** How unknown and duplicate fields are met. https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** What every write has in common. */
export interface WriteRequest {
  readonly served: Served;
  /** `''` for cluster-scoped resources. */
  readonly namespace: string;
  readonly subresource: 'status' | 'scale' | undefined;
  readonly manager: string;
  readonly fieldValidation: FieldValidation;
  readonly dryRun: boolean;
  /** Collects what the client is told in Warning headers. */
  readonly warnings: string[];
}
