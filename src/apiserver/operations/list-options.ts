import type { Resource } from '../registry/resource.ts';
import { parseFieldSelector } from '../selectors/fields.ts';
import { parseLabelSelector } from '../selectors/labels.ts';
import { badRequest, type FieldError, fieldForbidden, fieldNotSupported, invalid } from '../status-error.ts';
import type { StoredRecord } from '../store/record.ts';

export type RevisionMatch = 'Exact' | 'NotOlderThan';

/** `metav1.ListOptions`, read and checked. */
export interface ListOptions {
  readonly limit: number;
  readonly continueToken: string | undefined;
  /** `undefined`: the most recent; 0: any. */
  readonly revision: number | undefined;
  readonly revisionMatch: RevisionMatch | undefined;
  readonly watch: boolean;
  readonly allowBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly selects: (record: StoredRecord) => boolean;
  /** Whether anything but everything is selected. */
  readonly selective: boolean;
}

/** `pinned`: the name in the path, for a watch of one object. */
export const parseListOptions = (query: URLSearchParams, resource: Resource, pinned?: string): ListOptions => {
  const options: ListOptions = {
    limit: positive(query, 'limit') ?? 0,
    continueToken: query.get('continue') || undefined,
    revision: revisionOf(query),
    revisionMatch: matchOf(query),
    watch: flag(query, 'watch') ?? false,
    allowBookmarks: flag(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: flag(query, 'sendInitialEvents'),
    timeoutSeconds: positive(query, 'timeoutSeconds'),
    ...selectorsOf(query, resource, pinned),
  };
  const errors = options.watch ? watchErrors(options) : listErrors(options, query);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', resource: 'ListOptions' }, '', errors);
  return options;
};

const positive = (query: URLSearchParams, field: string): number | undefined => {
  const text = query.get(field);
  if (!text) return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
};

/** As Go reads a boolean parameter: present is true, unless it says false or 0. */
export const flag = (query: URLSearchParams, field: string): boolean | undefined => {
  const text = query.get(field);
  return text === null ? undefined : !['false', '0', 'False', 'FALSE', 'f', 'F'].includes(text);
};

const revisionOf = (query: URLSearchParams): number | undefined => {
  const text = query.get('resourceVersion');
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`invalid resource version ${JSON.stringify(text)}: strconv.ParseUint: invalid syntax`);
};

const matchOf = (query: URLSearchParams): RevisionMatch | undefined => {
  const text = query.get('resourceVersionMatch');
  if (!text) return undefined;
  if (text === 'Exact' || text === 'NotOlderThan') return text;
  const error = fieldNotSupported('resourceVersionMatch', text, ['Exact', 'NotOlderThan', '']);
  throw invalid({ group: 'meta.k8s.io', resource: 'ListOptions' }, '', [error]);
};

/** Rules of k8s.io/apimachinery/pkg/apis/meta/internalversion/validation. */
const watchErrors = ({ revisionMatch, sendInitialEvents }: ListOptions): FieldError[] => {
  if (sendInitialEvents === undefined) {
    const why = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    return revisionMatch ? [fieldForbidden('resourceVersionMatch', why)] : [];
  }
  const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
  return revisionMatch === 'NotOlderThan' ? [] : [fieldForbidden('resourceVersionMatch', why)];
};

const listErrors = (options: ListOptions, query: URLSearchParams): FieldError[] => {
  const { revisionMatch, revision, continueToken } = options;
  const why = 'sendInitialEvents is forbidden for list';
  const errors = options.sendInitialEvents === undefined ? [] : [fieldForbidden('sendInitialEvents', why)];
  if (!revisionMatch) return errors;
  if (!query.get('resourceVersion')) {
    errors.push(
      fieldForbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    );
  }
  if (continueToken) {
    errors.push(fieldForbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
  }
  if (revisionMatch === 'Exact' && revision === 0) {
    errors.push(
      fieldForbidden('resourceVersionMatch', 'resourceVersionMatch "Exact" is forbidden for resourceVersion "0"'),
    );
  }
  return errors;
};

const selectorsOf = (
  query: URLSearchParams,
  resource: Resource,
  pinned: string | undefined,
): Pick<ListOptions, 'selects' | 'selective'> => {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  if (labels.kind === 'malformed') throw badRequest(labels.message);
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', resource.selectableFields);
  if (fields.kind === 'malformed') throw badRequest(fields.message);
  const selects = ({ object, key }: StoredRecord): boolean =>
    (pinned === undefined || key.name === pinned) &&
    labels.matches(object.metadata.labels ?? {}) &&
    fields.matches(object);
  const selective = Boolean(query.get('labelSelector') || query.get('fieldSelector') || pinned !== undefined);
  return { selects, selective };
};
