import { request as startRequest } from 'node:http';
import type { z } from 'zod';

const TIMEOUT_MS = 5_000;

/** Asks one of the lab's processes. Undefined when nobody listens on the socket. */
export const askControl = async <T>(
  socketPath: string,
  path: string,
  schema: z.ZodType<T>,
  question?: object,
): Promise<T | undefined> => {
  const text = await fetchText(socketPath, path, question);
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
};

const NOBODY_LISTENS = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET']);

const fetchText = (socketPath: string, path: string, question: object | undefined): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const request = startRequest({ socketPath, path, method: 'POST', timeout: TIMEOUT_MS }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${path} answered ${response.statusCode}: ${text}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error(`${socketPath} did not answer ${path}`)));
    request.on('error', (error: NodeJS.ErrnoException) =>
      NOBODY_LISTENS.has(error.code ?? '') ? resolve(undefined) : reject(error),
    );
    request.end(question === undefined ? '' : JSON.stringify(question));
  });
