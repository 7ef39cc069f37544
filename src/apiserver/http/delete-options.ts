import type { DeleteOptions } from '../plugins/plugin.ts';
import { isObject, numberAt, objectAt, stringAt } from '../schema/json.ts';
import type { JsonObject, JsonValue } from '../schema/types.ts';
import { badRequest } from '../status-error.ts';

/** Reads DeleteOptions from the body, or from the query where the body has none. */
export const deleteOptionsOf = (body: JsonValue, query: URLSearchParams): DeleteOptions => {
  if (!isObject(body)) throw badRequest('DeleteOptions must be an object');
  const grace = numberAt(body, 'gracePeriodSeconds') ?? numberIn(query, 'gracePeriodSeconds');
  const policy = policyOf(stringAt(body, 'propagationPolicy') || query.get('propagationPolicy'));
  const orphan = body.orphanDependents ?? query.get('orphanDependents');
  const propagation = policy ?? (orphan === true || orphan === 'true' ? 'Orphan' : undefined);
  const preconditions = preconditionsOf(objectAt(body, 'preconditions'));
  const dryRun = [body.dryRun, query.getAll('dryRun')].flat().includes('All');
  return {
    dryRun,
    preconditions,
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(propagation && { propagationPolicy: propagation }),
  };
};

const numberIn = (query: URLSearchParams, field: string): number | undefined => {
  const text = query.get(field);
  return text && /^-?\d+$/.test(text) ? Number(text) : undefined;
};

const policyOf = (text: string | null): DeleteOptions['propagationPolicy'] => {
  if (text === null || text === '') return undefined;
  if (text === 'Orphan' || text === 'Background' || text === 'Foreground') return text;
  throw badRequest(
    `invalid DeleteOptions: propagationPolicy: Unsupported value: ${JSON.stringify(text)}: supported values: "Foreground", "Background", "Orphan"`,
  );
};

const preconditionsOf = ({ uid, resourceVersion }: JsonObject): NonNullable<DeleteOptions['preconditions']> => {
  return {
    ...(typeof uid === 'string' && { uid }),
    ...(typeof resourceVersion === 'string' && { resourceVersion }),
  };
};
