import type { ServerResponse } from 'node:http';
import { internalError, StatusError } from '../status-error.ts';

/** A whole answer; watches stream instead. */
export interface Reply {
  readonly code: number;
  readonly body: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (body: unknown, code = 200): Reply => ({ code, body: JSON.stringify(body) });

export const send = (
  response: ServerResponse,
  { code, body, contentType, headers }: Reply,
  warnings: readonly string[],
): void => {
  const payload = Buffer.from(body);
  response.writeHead(code, {
    'Content-Type': contentType ?? 'application/json',
    'Content-Length': payload.length,
    'Cache-Control': 'no-cache, private',
    ...headers,
    ...(warnings.length > 0 && { Warning: warnings.map(toWarning) }),
  });
  response.end(payload);
};

/** Code 299, a miscellaneous persistent warning, without an agent. */
const toWarning = (text: string): string =>
  `299 - "${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/[^\x20-\x7e]/g, '?')}"`;

export const sendError = (response: ServerResponse, error: unknown, onBug: (error: unknown) => void): void => {
  if (!(error instanceof StatusError)) onBug(error);
  const { status } = error instanceof StatusError ? error : internalError(String(error));
  if (response.headersSent) response.destroy();
  else send(response, json(status, status.code), []);
};
