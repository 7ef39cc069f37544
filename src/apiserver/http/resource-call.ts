import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiContext } from '../plugins/plugin.ts';
import type { Served } from '../registry/registry.ts';
import type { WatchHub } from '../watch/hub.ts';
import type { ResourcePath } from './route.ts';

/** One request about a resource that is served. */
export interface ResourceCall {
  readonly api: ApiContext;
  readonly hub: WatchHub;
  readonly served: Served;
  readonly path: ResourcePath;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The text of Warning headers, added to on the way. */
  readonly warnings: string[];
}
