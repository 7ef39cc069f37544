/** How the lab's own processes are asked things: HTTP over a unix socket, JSON answers. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { messageOf } from '../errors.ts';

/** What each path answers with. */
export type Answers = Readonly<Record<string, (question: unknown) => unknown>>;

/** Resolves when the socket can be connected to. */
export const serveControl = (socketPath: string, answers: Answers): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(async (request, response) => {
      const answer = answers[request.url ?? ''];
      const { status, body } = answer
        ? await resultOf(answer, request)
        : { status: 404, body: { message: `no ${request.url}` } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    server.once('error', reject);
    server.listen(socketPath, () => resolve(server));
  });

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const text = Buffer.concat(await Array.fromAsync(request)).toString();
  return text === '' ? undefined : JSON.parse(text);
};

const resultOf = async (
  answer: Answers[string],
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> => {
  try {
    return { status: 200, body: (await answer(await bodyOf(request))) ?? null };
  } catch (error) {
    return { status: 500, body: { message: messageOf(error) } };
  }
};
