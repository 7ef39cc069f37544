import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../base/clock.ts';
import { KubeClient } from './client.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { Forbidden, TooManyRequests, Unavailable } from './errors.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const ok: Answer = (_request, response) => response.end('{"resources":[]}');
const status =
  (code: number, headers: Record<string, string> = {}, body = JSON.stringify({ kind: 'Status', code })): Answer =>
  (_request, response) =>
    response.writeHead(code, headers).end(body);

const stack: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const undo of stack.splice(0).reverse()) await undo();
});

/** A server that gives these answers, one after another, and a client of it whose waits are noted instead of waited. */
async function serverAnswering(answers: readonly Answer[], config: Partial<ClusterConfig> = {}) {
  const requests: IncomingMessage[] = [];
  const waits: number[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    (answers[requests.length - 1] ?? ok)(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock: Clock = {
    ...systemClock,
    after(milliseconds, callback) {
      waits.push(milliseconds);
      queueMicrotask(callback);
      return () => undefined;
    },
  };
  const client = new KubeClient({ config: { server: url, ...config }, fieldManager: 'unit-test', clock });
  stack.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  stack.push(() => client.close());
  return { client, url, requests, waits };
}

describe('a server that asks for patience', () => {
  it('is asked again when it said to', async () => {
    const answers = [status(429, { 'retry-after': '3' }), status(503, { 'retry-after': '1' }), ok];
    const { client, waits } = await serverAnswering(answers);
    await client.resources('', 'v1');
    expect(waits).toEqual([3000, 1000]);
  });

  it('is not waited for without end', async () => {
    const { client, requests } = await serverAnswering(Array(10).fill(status(429, { 'retry-after': '2' })));
    await expect(client.resources('', 'v1')).rejects.toThrow(TooManyRequests);
    expect(requests).toHaveLength(5);
  });
});

describe('answers that are not what was hoped for', () => {
  it('are not repeated when the server did not ask for it', async () => {
    const { client, requests } = await serverAnswering([status(503)]);
    await expect(client.resources('', 'v1')).rejects.toThrow(Unavailable);
    expect(requests).toHaveLength(1);
  });

  it('may come from a proxy, in its own words', async () => {
    const { client } = await serverAnswering([status(403, {}, '<html>corporate proxy says no</html>')]);
    const refused = client.resources('', 'v1');
    await expect(refused).rejects.toThrow(Forbidden);
    await expect(refused).rejects.toThrow(/corporate proxy says no/);
  });

  it('may be no JSON at all', async () => {
    const { client } = await serverAnswering([(_request, response) => response.end('<html>')]);
    await expect(client.resources('', 'v1')).rejects.toThrow(Unavailable);
  });

  it('never make a write happen twice', async () => {
    const { client, requests } = await serverAnswering([request => request.socket.destroy()]);
    const type = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } };
    await expect(client.create(type, node)).rejects.toThrow(Unavailable);
    expect(requests).toHaveLength(1);
  });
});

describe('requests', () => {
  it('carry who we are, below the path of the server’s URL', async () => {
    const { client, requests, url } = await serverAnswering([ok], { token: 'abc' });
    await client.resources('apps', 'v1');
    const below = new KubeClient({ config: { server: `${url}/k8s/clusters/c-1/` }, fieldManager: 'unit-test' });
    stack.push(() => below.close());
    await below.resources('apps', 'v1');
    expect(requests.map(request => request.url)).toEqual(['/apis/apps/v1', '/k8s/clusters/c-1/apis/apps/v1']);
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer abc', 'user-agent': 'unit-test' });
  });

  it('try once more with a fresh token when it is refused', async () => {
    let asked = 0;
    const authorization = async () => `Bearer ${++asked}`;
    const { client, requests } = await serverAnswering([status(401), ok], { authorization });
    await client.resources('', 'v1');
    expect(requests.map(request => request.headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  it('end when they are aborted, with the reason', async () => {
    const abort = new AbortController();
    const { client } = await serverAnswering([() => abort.abort(new Error('no longer wanted'))]);
    await expect(client.resources('', 'v1', { signal: abort.signal })).rejects.toThrow('no longer wanted');
  });
});
