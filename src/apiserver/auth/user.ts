/** Who makes a request, as authentication found out. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What is asked of the authorizer about every request. `path` is for requests that are about no resource. */
export interface Attributes {
  readonly user: User;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; else the method in lower case. */
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly path: string | undefined;
}

/** Says whether the request may be made. */
export type Authorizer = (attributes: Attributes) => boolean;

/** Whoever can prove who they are may do everything. */
export const allowAuthenticated: Authorizer = ({ user }) => user.groups.includes('system:authenticated');
