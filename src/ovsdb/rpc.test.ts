import { type Duplex, duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { TestClock } from '../../test/clock/test-clock.ts';
import { newCounters } from './counters.ts';
import { ConnectionLost, ProtocolError, RpcError } from './errors.ts';
import { MessageSplitter } from './message-splitter.ts';
import { RpcConnection } from './rpc.ts';

type Received = { id?: unknown; method?: string; params?: unknown; result?: unknown };

/** A connection, and the server's end of it. */
function connect() {
  const [client, server] = duplexPair();
  const clock = new TestClock();
  const counters = newCounters();
  const notified: unknown[] = [];
  const onNotification = (method: string, params: readonly unknown[]) => notified.push([method, ...params]);
  const connection = new RpcConnection(client, { clock, counters, probeIntervalMs: 1_000, onNotification });
  return { connection, server, clock, counters, notified, next: receiver(server) };
}

/** Returns the next message that the server receives, each time it is called. */
function receiver(server: Duplex): () => Promise<Received> {
  const messages: Received[] = [];
  const waiting: ((message: Received) => void)[] = [];
  const splitter = new MessageSplitter(text => {
    const message: Received = JSON.parse(text);
    const resolve = waiting.shift();
    if (resolve === undefined) messages.push(message);
    else resolve(message);
  });
  server.on('data', (chunk: Buffer) => splitter.push(chunk));
  return () => {
    const message = messages.shift();
    return message === undefined ? new Promise(resolve => waiting.push(resolve)) : Promise.resolve(message);
  };
}

test('requests are pipelined, and answers find them in any order', async () => {
  const { connection, server, next } = connect();
  const [first, second] = [connection.call('one', [1]), connection.call('two', [])];
  const [one, two] = [await next(), await next()];
  expect(one).toMatchObject({ method: 'one', params: [1] });
  server.write(JSON.stringify({ id: two.id, result: 'second', error: null }));
  server.write(JSON.stringify({ id: one.id, result: 'first', error: null }));
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
});

test('an answer is handled before the notification behind it', async () => {
  const { connection, server, next, notified } = connect();
  const seen = new Promise<number>(resolve => connection.request('monitor', [], () => resolve(notified.length)));
  const { id } = await next();
  const notification = JSON.stringify({ id: null, method: 'update', params: ['m', {}] });
  server.write(`${JSON.stringify({ id, result: {}, error: null })}${notification}`);
  expect(await seen).toBe(0);
  expect(notified).toEqual([['update', 'm', {}]]);
});

test('an error is thrown with its code', async () => {
  const { connection, server, next } = connect();
  const call = connection.call('nonsense', []);
  const { id } = await next();
  server.write(JSON.stringify({ id, result: null, error: { error: 'unknown method', details: 'no such thing' } }));
  await expect(call).rejects.toBeInstanceOf(RpcError);
  await expect(call).rejects.toMatchObject({
    code: 'unknown method',
    message: expect.stringContaining('no such thing'),
  });
});

test('an echo of the server is answered with what it sent', async () => {
  const { server, next } = connect();
  server.write(JSON.stringify({ id: 'echo', method: 'echo', params: ['are', 'you', 'there'] }));
  expect(await next()).toEqual({ id: 'echo', result: ['are', 'you', 'there'], error: null });
});

test('silence is asked about, and then ends the connection', async () => {
  const { connection, clock, next } = connect();
  clock.advance(1_000);
  expect(await next()).toMatchObject({ method: 'echo' });
  expect(connection.open).toBe(true);
  clock.advance(1_000);
  expect(await connection.ended).toBeInstanceOf(ConnectionLost);
});

test('any answer ends the silence', async () => {
  const { connection, server, clock, next, notified } = connect();
  for (let round = 1; round <= 3; round++) {
    clock.advance(1_000);
    expect(await next()).toMatchObject({ method: 'echo' });
    server.write(JSON.stringify({ id: null, method: 'locked', params: [round] }));
    await expect.poll(() => notified).toHaveLength(round);
  }
  expect(connection.open).toBe(true);
});

test.each([
  ['no JSON', '{"id": 1,}'],
  ['an answer to nothing', '{"id": 77, "result": {}, "error": null}'],
])('%s ends the connection', async (_case, text) => {
  const { connection, server } = connect();
  server.write(text);
  expect(await connection.ended).toBeInstanceOf(ProtocolError);
});

test('what is under way when the connection ends is lost, and so is what comes later', async () => {
  const { connection, server } = connect();
  const call = connection.call('slow', []);
  server.destroy();
  await expect(call).rejects.toBeInstanceOf(ConnectionLost);
  await expect(connection.call('late', [])).rejects.toBeInstanceOf(ConnectionLost);
});

test('bytes and messages are counted', async () => {
  const { connection, server, counters, next } = connect();
  const call = connection.call('é', []);
  const { id } = await next();
  const answer = JSON.stringify({ id, result: 'ü', error: null });
  server.write(answer);
  await call;
  expect(counters).toMatchObject({
    messagesSent: 1,
    messagesReceived: 1,
    bytesSent: Buffer.byteLength(JSON.stringify({ id, method: 'é', params: [] })),
    bytesReceived: Buffer.byteLength(answer),
  });
});
