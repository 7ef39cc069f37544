import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { echoCommand } from '../../../src/lab/agent/node-agent.ts';

describe('the echo server', () => {
  let server: ChildProcess;
  let ports: number[];

  beforeEach(async () => {
    const [node = '', ...args] = echoCommand;
    const env = {
      ...process.env,
      PORT: '0,0',
      POD_NAME: 'web-1',
      POD_NAMESPACE: 'shop',
      NODE_NAME: 'node-1',
      EXIT_AFTER: '300',
    };
    server = spawn(node, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    ports = [];
    if (!server.stdout) throw new Error('no output');
    for await (const line of createInterface({ input: server.stdout })) {
      ports.push(Number(line.match(/listens on (\d+)/)?.[1]));
      if (ports.length === 2) break;
    }
  });

  afterEach(() => server.kill('SIGKILL'));

  const get = (path: string, index = 0) => fetch(`http://127.0.0.1:${ports[index]}${path}`);

  it.each([0, 1])('tells on each of its ports who asked, where and how (%i)', async index => {
    const response = await get('/a/b?x=1', index);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({
      pod: 'web-1',
      namespace: 'shop',
      node: 'node-1',
      path: '/a/b',
      method: 'GET',
      host: `127.0.0.1:${ports[index]}`,
      headers: { host: `127.0.0.1:${ports[index]}` },
      clientAddress: '127.0.0.1',
      localAddress: '127.0.0.1',
      localPort: ports[index],
    });
  });

  it('answers in a line of text, with any status, after any time', async () => {
    const text = await (await get('/?format=text')).text();
    expect(text).toMatch(/^web-1 sees 127\.0\.0\.1:\d+ at 127\.0\.0\.1:\d+\n$/);
    const begun = performance.now();
    expect((await get('/?status=418&delay=200')).status).toBe(418);
    expect(performance.now() - begun).toBeGreaterThan(190);
  });

  it.each(['/?status=abc', '/?status=99999', '/?delay=soon', '//', '/%zz'])('is not put off by %s', async path => {
    expect((await get(path)).status).toBe(200);
  });

  it('answers datagrams', async () => {
    const socket = createSocket('udp4');
    socket.send('hello', ports[0], '127.0.0.1');
    const [answer] = await once(socket, 'message');
    socket.close();
    expect(JSON.parse(String(answer))).toMatchObject({ pod: 'web-1', clientAddress: '127.0.0.1', message: 'hello' });
  });

  it('goes on serving after SIGTERM, unready, and ends when nothing is in flight', async () => {
    const slow = get('/?delay=600');
    expect((await get('/healthz')).status).toBe(200);
    server.kill('SIGTERM');
    const health = async (): Promise<number> => (await get('/healthz')).status;
    let status = await health();
    while (status !== 503) status = await health();
    expect((await get('/')).status).toBe(200);
    expect((await slow).status).toBe(200);
    const [code] = await once(server, 'exit');
    expect(code).toBe(0);
  });
});
