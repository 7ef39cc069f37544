/** What a served resource offers at which path, before it is spelled as OpenAPI v2 or v3. */
import { builtInName } from '../built-in.ts';
import type { GroupVersionKind, ServedResource } from '../types.ts';

export interface Parameter {
  name: string;
  type: 'string' | 'integer' | 'boolean';
  description: string;
}

export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** `x-kubernetes-action` */
  action: string;
  id: string;
  description: string;
  query: readonly Parameter[];
  /** Definition of what the request carries. */
  body?: string;
  /** Media types of the request; for patches only. */
  consumes?: readonly string[];
  /** Definition of the answer. */
  answer: string;
  gvk: GroupVersionKind;
}

export interface PathItem {
  path: string;
  /** `namespace`, `name` */
  placeholders: readonly string[];
  operations: readonly Operation[];
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
export const patchName = `${meta}.Patch`;
const deleteOptionsName = `${meta}.DeleteOptions`;
const statusName = `${meta}.Status`;
const scale: GroupVersionKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

const text = (name: string, description: string): Parameter => ({ name, type: 'string', description });
const flag = (name: string, description: string): Parameter => ({ name, type: 'boolean', description });
const number = (name: string, description: string): Parameter => ({ name, type: 'integer', description });

const dryRun = text(
  'dryRun',
  'When present, indicates that modifications should not be persisted. Valid values are: - All: all dry run stages will be processed',
);
const writing = [
  dryRun,
  text('fieldManager', 'fieldManager is a name associated with the actor or entity that is making these changes.'),
  text(
    'fieldValidation',
    'fieldValidation instructs the server on how to handle objects in the request containing unknown or duplicate fields. Valid values are: - Ignore - Warn - Strict',
  ),
];
const patching = [
  ...writing,
  flag('force', 'Force is going to "force" Apply requests: it re-acquires fields owned by others.'),
];
const deleting = [
  dryRun,
  number('gracePeriodSeconds', 'The duration in seconds before the object should be deleted.'),
  flag('orphanDependents', 'Deprecated: use propagationPolicy.'),
  text(
    'propagationPolicy',
    "Whether and how garbage collection will be performed: 'Orphan', 'Background' or 'Foreground'.",
  ),
];
const listing = [
  flag('allowWatchBookmarks', 'allowWatchBookmarks requests watch events with type "BOOKMARK".'),
  text('continue', 'The continue option should be set when retrieving more results from the server.'),
  text('fieldSelector', 'A selector to restrict the list of returned objects by their fields. Defaults to everything.'),
  text('labelSelector', 'A selector to restrict the list of returned objects by their labels. Defaults to everything.'),
  number('limit', 'limit is a maximum number of responses to return for a list call.'),
  text('resourceVersion', 'resourceVersion sets a constraint on what resource versions a request may be served from.'),
  text('resourceVersionMatch', 'resourceVersionMatch determines how resourceVersion is applied to list calls.'),
  flag('sendInitialEvents', 'With watch=true: the stream begins with events that produce the current state.'),
  number('timeoutSeconds', 'Timeout for the list/watch call.'),
  flag('watch', 'Watch for changes to the described resources and return them as a stream of notifications.'),
];

const strategic = 'application/strategic-merge-patch+json';
const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

/** `apps/v1`, or `v1` of the core group. */
export const groupVersionOf = ({ group, version }: Pick<GroupVersionKind, 'group' | 'version'>): string =>
  group ? `${group}/${version}` : version;

/** `/apis/apps/v1`, `/api/v1` */
export const rootOf = (resource: Pick<GroupVersionKind, 'group' | 'version'>): string =>
  `/${resource.group ? 'apis' : 'api'}/${groupVersionOf(resource)}`;

/** Built-in kinds keep their definition's name; custom resources are named by their reversed group, as in Kubernetes. */
export function definitionName(gvk: GroupVersionKind): string {
  return builtInName(gvk) ?? [...gvk.group.split('.').reverse(), gvk.version, gvk.kind].join('.');
}

export const listGvk = ({ group, version, listKind }: ServedResource): GroupVersionKind => ({
  group,
  version,
  kind: listKind,
});

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** `AppsV1NamespacedDeployment` */
function subjectOf({ group, version, kind, namespaced }: ServedResource): string {
  const words = (group || 'core').replace(/\.k8s\.io$/, '').split(/[.-]/);
  return `${words.map(capital).join('')}${capital(version)}${namespaced ? 'Namespaced' : ''}${kind}`;
}

/** The paths of a resource and of its status and scale subresources. */
export function pathsOf(resource: ServedResource): PathItem[] {
  const base = `${rootOf(resource)}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
  const scope = resource.namespaced ? ['namespace'] : [];
  const everywhere: PathItem[] = resource.namespaced
    ? [{ path: `${rootOf(resource)}/${resource.plural}`, placeholders: [], operations: listOperations(resource) }]
    : [];
  return [
    ...everywhere,
    { path: base, placeholders: scope, operations: collectionOperations(resource) },
    { path: `${base}/{name}`, placeholders: ['name', ...scope], operations: objectOperations(resource) },
    ...['status', 'scale']
      .filter(subresource => resource.subresources.includes(subresource))
      .map(subresource => ({
        path: `${base}/{name}/${subresource}`,
        placeholders: ['name', ...scope],
        operations: subresourceOperations(resource, subresource),
      })),
  ].filter(({ operations }) => operations.length > 0);
}

const gvkOf = ({ group, version, kind }: GroupVersionKind): GroupVersionKind => ({ group, version, kind });

const offered = (resource: ServedResource, operations: readonly (readonly [string, Operation])[]): Operation[] =>
  operations.filter(([verb]) => resource.verbs.includes(verb)).map(([, operation]) => operation);

function listOperations(resource: ServedResource): Operation[] {
  const id = `list${subjectOf({ ...resource, namespaced: false })}ForAllNamespaces`;
  return offered(resource, [['list', listOperation(resource, id)]]);
}

function listOperation(resource: ServedResource, id: string): Operation {
  const answer = definitionName(listGvk(resource));
  const description = `list or watch objects of kind ${resource.kind}`;
  return { method: 'get', action: 'list', id, description, query: listing, answer, gvk: gvkOf(resource) };
}

function collectionOperations(resource: ServedResource): Operation[] {
  const [name, gvk, subject] = [definitionName(resource), gvkOf(resource), subjectOf(resource)];
  const many = subject.slice(0, -resource.kind.length) + resource.kind;
  return offered(resource, [
    ['list', listOperation(resource, `list${many}`)],
    [
      'create',
      {
        method: 'post',
        action: 'post',
        id: `create${subject}`,
        description: `create a ${resource.kind}`,
        query: writing,
        body: name,
        answer: name,
        gvk,
      },
    ],
    [
      'deletecollection',
      {
        method: 'delete',
        action: 'deletecollection',
        id: `deleteCollection${subject}`,
        description: `delete collection of ${resource.kind}`,
        query: [...deleting, ...listing],
        body: deleteOptionsName,
        answer: statusName,
        gvk,
      },
    ],
  ]);
}

function objectOperations(resource: ServedResource): Operation[] {
  const [name, gvk, id] = [definitionName(resource), gvkOf(resource), subjectOf(resource)];
  return offered(resource, [
    ...partOperations(resource, name, gvk, id, `the specified ${resource.kind}`),
    [
      'delete',
      {
        method: 'delete',
        action: 'delete',
        id: `delete${id}`,
        description: `delete a ${resource.kind}`,
        query: deleting,
        body: deleteOptionsName,
        answer: statusName,
        gvk,
      },
    ],
  ]);
}

function subresourceOperations(resource: ServedResource, subresource: string): Operation[] {
  const gvk = subresource === 'scale' ? scale : gvkOf(resource);
  const id = `${subjectOf(resource)}${capital(subresource)}`;
  return offered(
    resource,
    partOperations(resource, definitionName(gvk), gvk, id, `${subresource} of the specified ${resource.kind}`),
  );
}

function partOperations(
  resource: ServedResource,
  name: string,
  gvk: GroupVersionKind,
  id: string,
  what: string,
): [string, Operation][] {
  const consumes = resource.schema.nullMeansAbsent ? [...patchTypes, strategic] : patchTypes;
  return [
    [
      'get',
      { method: 'get', action: 'get', id: `read${id}`, description: `read ${what}`, query: [], answer: name, gvk },
    ],
    [
      'update',
      {
        method: 'put',
        action: 'put',
        id: `replace${id}`,
        description: `replace ${what}`,
        query: writing,
        body: name,
        answer: name,
        gvk,
      },
    ],
    [
      'patch',
      {
        method: 'patch',
        action: 'patch',
        id: `patch${id}`,
        description: `partially update ${what}`,
        query: patching,
        body: patchName,
        consumes,
        answer: name,
        gvk,
      },
    ],
  ];
}
