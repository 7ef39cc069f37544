import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { User } from './user.ts';

/** Finds out who a request is from; `undefined`: this way says nothing about it. */
export type Authenticator = (request: IncomingMessage) => User | undefined;

const authenticated = 'system:authenticated';

/** The subject of a client certificate that our authority signed: common name is the user, organisations the groups. */
export const byClientCertificate: Authenticator = ({ socket }) => {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  // Read once per connection: parsing a certificate costs more than most requests.
  const known = users.get(socket);
  if (known) return known;
  const { subject } = socket.getPeerCertificate();
  if (!subject?.CN) return undefined;
  const user = { name: first(subject.CN), groups: [...[subject.O ?? []].flat(), authenticated] };
  users.set(socket, user);
  return user;
};

const users = new WeakMap<TLSSocket, User>();
const first = (value: string | string[]): string => [value].flat()[0] ?? '';

/** A bearer token that `check` knows. */
export const byBearerToken =
  (check: (token: string) => User | undefined): Authenticator =>
  ({ headers }) => {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    const user = token === undefined ? undefined : check(token);
    return user && { name: user.name, groups: [...user.groups, authenticated] };
  };

/** One token for one user, compared in constant time. */
export const staticToken = (token: string, user: User): ((candidate: string) => User | undefined) => {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return candidate => (timingSafeEqual(digest(candidate), expected) ? user : undefined);
};

/** The first that knows the request's user. */
export const firstOf =
  (authenticators: readonly Authenticator[]): Authenticator =>
  request => {
    for (const authenticate of authenticators) {
      const user = authenticate(request);
      if (user) return user;
    }
    return undefined;
  };
