import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authenticator } from '../auth/authenticate.ts';
import type { Attributes, Authorizer, User } from '../auth/user.ts';
import type { ApiContext } from '../plugins/plugin.ts';
import { noSuchResource, StatusError, unauthorized } from '../status-error.ts';
import type { WatchHub } from '../watch/hub.ts';
import type { Documents } from './documents.ts';
import { send, sendError } from './reply.ts';
import { handleResource, verbOf } from './resource-handler.ts';
import { parseResourcePath, type ResourcePath } from './route.ts';

/** Everything a request may need. */
export interface RequestContext {
  readonly api: ApiContext;
  readonly hub: WatchHub;
  readonly documents: Documents;
  readonly authenticate: Authenticator;
  readonly authorize: Authorizer;
}

/** Serves one request, whatever it is. Never throws. */
export const handleRequest = async (
  context: RequestContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  try {
    await serve(context, request, response);
  } catch (error) {
    sendError(response, error, context.api.onBug);
  }
};

/** Open to everybody, as kube-apiserver's default roles have it. */
const publicPaths = new Set(['/healthz', '/livez', '/readyz', '/version']);

const serve = async (context: RequestContext, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { pathname, query } = splitUrl(request.url ?? '/');
  const user = context.authenticate(request);
  if (!user && !publicPaths.has(pathname)) throw unauthorized();
  const path = parseResourcePath(pathname);
  if (user) checkAllowed(context.authorize, attributesOf(user, request, pathname, path, query));
  if (path) return serveResource(context, request, response, path, query);
  const reply = context.documents.get(request.method ?? 'GET', pathname, request.headers.accept, query);
  if (!reply) throw noSuchResource();
  send(response, reply, []);
};

const serveResource = async (
  { api, hub }: RequestContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: ResourcePath,
  query: URLSearchParams,
): Promise<void> => {
  const served = api.registry.served(path.group, path.version, path.plural);
  if (!served) throw noSuchResource();
  const { deprecationWarning } = served.version;
  const warnings = deprecationWarning === undefined ? [] : [deprecationWarning];
  const verb = verbOf(request.method ?? 'GET', path, query);
  const reply = await handleResource({ api, hub, served, path, query, request, response, warnings }, verb);
  if (reply) send(response, reply, warnings);
};

const splitUrl = (url: string): { pathname: string; query: URLSearchParams } => {
  const mark = url.indexOf('?');
  return mark < 0
    ? { pathname: url, query: new URLSearchParams() }
    : { pathname: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
};

const attributesOf = (
  user: User,
  { method = 'GET' }: IncomingMessage,
  pathname: string,
  path: ResourcePath | undefined,
  query: URLSearchParams,
): Attributes => ({
  user,
  verb: path ? verbOf(method, path, query) : method.toLowerCase(),
  group: path?.group ?? '',
  resource: path?.plural ?? '',
  subresource: path?.subresource,
  namespace: path?.namespace,
  name: path?.name,
  path: path ? undefined : pathname,
});

const checkAllowed = (authorize: Authorizer, attributes: Attributes): void => {
  if (authorize(attributes)) return;
  const { user, verb, group, resource, subresource, namespace, name = '', path } = attributes;
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (path !== undefined) throw new StatusError(403, 'Forbidden', `forbidden: ${who} path ${JSON.stringify(path)}`);
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const subject = [group ? `${resource}.${group}` : resource, name && JSON.stringify(name)].filter(Boolean).join(' ');
  const why = `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`;
  throw new StatusError(403, 'Forbidden', `${subject} is forbidden: ${why}`, {
    kind: resource,
    ...(name && { name }),
    ...(group && { group }),
  });
};
